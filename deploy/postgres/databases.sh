#!/bin/bash
# Makes one database and one role for each service, each shut to the other. PostgreSQL runs it when
# it is made; run it again after the passwords were changed and the container was restarted, because
# until then it sees the old ones (without a restart: docs/operations.md):
#   tools/compose exec postgres bash /docker-entrypoint-initdb.d/databases.sh
set -euo pipefail

sql() { psql --username postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }

is_there() { [ "$(sql --tuples-only --no-align --command "select count(*) from $1")" = 1 ]; }

for service in eligibility pricing; do
  is_there "pg_roles where rolname = '$service'" ||
    sql --command "create role $service login nosuperuser nocreatedb nocreaterole"
  is_there "pg_database where datname = '$service'" ||
    sql --command "create database $service owner $service"
  sql --command "revoke all on database $service from public"
  sql --dbname "$service" --command "revoke all on schema public from public" \
    --command "alter schema public owner to $service"
  # Bodies of messages are long; this takes a fraction of the processor that the default takes.
  ! is_there "pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)" ||
    sql --command "alter database $service set default_toast_compression = 'lz4'"
  # psql reads the file itself, so that no list of processes shows the password.
  sql --set "role=$service" <<SQL
\\set password \`cat /run/secrets/postgres-$service.password\`
alter role :"role" password :'password';
SQL
done
sql --command "revoke all on database postgres from public"
