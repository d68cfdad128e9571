#!/bin/bash
# Rehearses a lost primary on one Linux machine: three nodes from the files of this folder on
# 127.0.0.11 to 13, a writer, and kill -9. Needs postgresql-15, patroni and etcd-server, and root
# or the user postgres. Everything stands in a temporary directory and is removed at the end.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d /tmp/baton-rehearsal-XXXXXX)
binaries=/usr/lib/postgresql/15/bin
password=$(openssl rand -hex 24)
processes=()
# psql looks for certificates at home.
export HOME=$directory

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" -eq 0 ]; then
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi

clean_up() {
  for data in "$directory"/db-*/data; do
    "${as_postgres[@]}" "$binaries/pg_ctl" stop --silent -D "$data" -m immediate || true
  done
  rm -rf "$directory"
}
stop_all() {
  # Patroni would start a database again that is stopped before it.
  kill -9 "${processes[@]}" 2> /dev/null || true
  clean_up > /dev/null 2>&1
}
trap stop_all EXIT

# A file as a node has it, with the addresses and directories of the rehearsal.
rehearsed() {
  local directory_of=$directory/db-$1
  sed -e 's/10\.0\.0\./127.0.0./g' \
    -e "s#/etc/patroni/tls#$directory_of#; s#/var/lib/etcd/baton#$directory_of/etcd#" \
    -e "s#/var/lib/postgresql/15/baton#$directory_of/data#" \
    -e "s#/var/lib/postgresql/.pgpass-patroni#$directory_of/pgpass#" \
    -e "s#/var/run/postgresql#$directory_of#; s/shared_buffers: .*/shared_buffers: 64MB/"
}

# The variables of an environment file of db-1, as node NUMBER has them, one a line.
environment_of() {
  local number=$1 file=$2
  grep '^[A-Z]' "$here/$file" |
    sed -e "/INITIAL_CLUSTER=/!s/10\.0\.0\.11/10.0.0.1$number/; s/NAME=db-1/NAME=db-$number/" \
      -e "s/REPLACE/$password/" |
    rehearsed "$number"
}

start_etcd() {
  local number=$1
  # shellcheck disable=SC2046 # no value has white space
  env $(environment_of "$number" etcd.example) "${as_postgres[@]}" etcd --log-level error \
    > "$directory/db-$number/etcd.log" 2>&1 &
  processes+=($!)
}

start_patroni() {
  local number=$1
  rehearsed "$number" < "$here/patroni.yml" > "$directory/db-$number/patroni.yml"
  # shellcheck disable=SC2046 # no value has white space
  env $(environment_of "$number" patroni-env.example) "${as_postgres[@]}" \
    patroni "$directory/db-$number/patroni.yml" > "$directory/db-$number/patroni.log" 2>&1 &
  patroni_of[number]=$!
  processes+=($!)
}

members() {
  timeout 10 patronictl -c "$directory/db-1/patroni.yml" list --format tsv
}

# Waits up to a minute for a line of `members` that matches.
wait_for_member() {
  local end=$((SECONDS + 60))
  while [ "$SECONDS" -lt "$end" ]; do
    if members 2> /dev/null | grep --quiet "$1"; then return; fi
    sleep 0.5
  done
  echo "no member is $1 after a minute; the logs:" >&2
  tail -n 15 "$directory"/db-*/*.log >&2
  exit 1
}

ask() {
  PGPASSWORD=$password PGCONNECT_TIMEOUT=2 "${as_postgres[@]}" \
    psql --quiet --no-psqlrc --tuples-only --no-align \
    "host=127.0.0.11,127.0.0.12,127.0.0.13 user=baton dbname=baton target_session_attrs=read-write
     sslmode=verify-full sslrootcert=$directory/db-1/ca.crt" --command "$1"
}

write_on_and_on() {
  local number=0
  while [ ! -e "$directory/enough" ]; do
    number=$((number + 1))
    if ask "INSERT INTO rehearsal VALUES ($number)" 2> /dev/null; then
      echo "$number $(date +%s.%N)" >> "$directory/acknowledged"
    fi
  done
}

# On loopback all nodes come from 127.0.0.1, and etcd compares that with the certificate.
"$here/make-certificates.sh" "$directory/tls" \
  db-1=127.0.0.11,127.0.0.1 db-2=127.0.0.12,127.0.0.1 db-3=127.0.0.13,127.0.0.1
for number in 1 2 3; do mv "$directory/tls/db-$number" "$directory/"; done
if [ "$(id -u)" -eq 0 ]; then chown -R postgres: "$directory"; fi
patroni_of=()

for number in 1 2 3; do start_etcd "$number"; done
for number in 1 2 3; do start_patroni "$number"; done
wait_for_member 'Leader.*running'
wait_for_member 'Sync Standby.*running'
echo "three nodes are up after $SECONDS s:"
members

leader=$(members | awk -F'\t' '$4 == "Leader" { print substr($2, 4) }')
"${as_postgres[@]}" psql --quiet --host "$directory/db-$leader" --username postgres \
  --command "CREATE ROLE baton LOGIN PASSWORD '$password'" \
  --command 'CREATE DATABASE baton OWNER baton'
ask 'CREATE TABLE rehearsal (number bigint PRIMARY KEY)'
touch "$directory/acknowledged"
write_on_and_on &
writer=$!
sleep 5

echo "kill -9 of db-$leader, its Patroni and its database"
disown "${patroni_of[leader]}"
kill -9 "${patroni_of[leader]}" "$(head -1 "$directory/db-$leader/data/postmaster.pid")"
sleep 40
touch "$directory/enough"
wait "$writer"
members

awk '{ if (NR > 1 && $2 - before > gap) gap = $2 - before; before = $2 }
  END { printf "%d writes were acknowledged, the longest pause was %.0f s\n", NR, gap }' \
  "$directory/acknowledged"
ask 'SELECT number FROM rehearsal' | sort > "$directory/found"
lost=$(cut -d' ' -f1 "$directory/acknowledged" | sort | comm -23 - "$directory/found" | wc -l)
echo "$lost acknowledged writes are lost"
[ "$lost" -eq 0 ]
