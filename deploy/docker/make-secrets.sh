#!/bin/sh
# Makes the secrets of compose.yaml beside it, those that are not there yet.
set -eu
cd "$(dirname "$0")"
# Containers read the files as other users, so it is the directory that keeps people of this
# machine out.
mkdir -p secrets
chmod 700 secrets
for name in master-key database-password superuser-password; do
  if [ ! -s "secrets/$name" ]; then
    openssl rand -hex 32 > "secrets/$name"
    chmod 644 "secrets/$name"
    echo "made secrets/$name"
  fi
done
