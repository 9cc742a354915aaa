#!/bin/bash
# Starts PostgreSQL as its own user; the first time it makes the cluster of databases and runs what
# lies in /docker-entrypoint-initdb.d, as the public image does.
set -euo pipefail

if [ "${1:-}" != postgres ]; then
  exec "$@"
fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
fi

# A cluster that was not finished, because the machine went down, is made anew.
readonly unfinished=$PGDATA/fosterframe-unfinished
if [ -e "$unfinished" ]; then
  find "$PGDATA" -mindepth 1 -delete
fi

if ! [ -s "$PGDATA/PG_VERSION" ]; then
  if ! [ -s "${POSTGRES_PASSWORD_FILE:-}" ]; then
    echo "postgres: name the file with the superuser's password in POSTGRES_PASSWORD_FILE." >&2
    exit 1
  fi
  read -ra asked <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --encoding=UTF8 \
    --auth-local=trust --auth-host=scram-sha-256 "${asked[@]}" -D "$PGDATA"
  touch "$unfinished"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) echo "postgres: running $file" && bash "$file" ;;
      *.sql) echo "postgres: running $file" && psql -v ON_ERROR_STOP=1 -U postgres -f "$file" ;;
    esac
  done
  rm -f "$unfinished"
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@" -c listen_addresses='*' -c logging_collector=off
