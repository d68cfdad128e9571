#!/bin/sh
# The command line with the settings of the service: /usr/local/bin/baton, run as root.
set -eu
set -a
. /etc/baton/baton.env
BATON_MASTER_KEY_FILE=/etc/baton/master.key
BATON_DATA_DIR=/var/lib/baton
set +a
# As the service's user: what root makes in the data directory the service could not open.
exec setpriv --reuid=baton --regid=baton --init-groups /usr/bin/node /opt/baton/dist/main.js "$@"
