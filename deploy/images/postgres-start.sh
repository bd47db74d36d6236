#!/bin/sh
# Makes the database on its first start, then becomes the server. Given: POSTGRES_PASSWORD, of role and database `assay`.
set -eu
bin=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups --no-new-privs -- "$@"; }

case $POSTGRES_PASSWORD in
  *[!A-Za-z0-9_-]* | '') echo 'POSTGRES_PASSWORD must be of letters, digits, _ and -' >&2; exit 2 ;;
esac
chown postgres:postgres "$data"
if [ ! -d "$data/cluster" ]; then
  rm -rf "$data/making"
  as_postgres "$bin/initdb" --pgdata="$data/making" --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  echo 'host assay assay all scram-sha-256' >>"$data/making/pg_hba.conf"
  as_postgres "$bin/postgres" --single -D "$data/making" postgres >/dev/null <<SQL
CREATE ROLE assay LOGIN PASSWORD '$POSTGRES_PASSWORD';
CREATE DATABASE assay OWNER assay;
SQL
  mv "$data/making" "$data/cluster"
fi
unset POSTGRES_PASSWORD
exec setpriv --reuid=postgres --regid=postgres --init-groups --no-new-privs -- "$bin/postgres" -D "$data/cluster" \
  -c listen_addresses='*' -c unix_socket_directories=/tmp
