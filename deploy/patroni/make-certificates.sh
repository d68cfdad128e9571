#!/bin/sh
# Makes a certificate authority and a certificate for each database node, in a folder for each:
#   ./make-certificates.sh DIRECTORY db-1=10.0.0.11 db-2=10.0.0.12 db-3=10.0.0.13
# A node with several addresses has them separated by commas. A second run with further nodes goes
# on with the same authority.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: $0 DIRECTORY NAME=ADDRESS[,ADDRESS...] ..." >&2
  exit 2
fi
umask 077
mkdir -p "$1"
cd "$1"
shift

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 \
    -subj '/CN=Baton database authority' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout ca.key -out ca.crt 2> /dev/null
fi

for node in "$@"; do
  name=${node%%=*}
  addresses=$(printf '%s' "${node#*=}" | sed 's/,/,IP:/g')
  mkdir "$name"
  # Nodes are servers and clients to one another.
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 825 \
    -CA ca.crt -CAkey ca.key -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name,IP:$addresses" -addext 'basicConstraints=critical,CA:FALSE' \
    -addext 'keyUsage=critical,digitalSignature' -addext 'extendedKeyUsage=serverAuth,clientAuth' \
    -keyout "$name/node.key" -out "$name/node.crt" 2> /dev/null
  cp ca.crt "$name/"
done
