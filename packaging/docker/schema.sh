#!/bin/sh
# Creates Temporal's two databases where they are missing and brings their schemas up to date.
# May be run again at any time.
set -eu

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint "$SQL_HOST" --port 5432 --user "$SQL_USER" \
    --database "$database" "$@"
}

for database in temporal temporal_visibility; do
  case $database in
    temporal) schema=temporal ;;
    temporal_visibility) schema=visibility ;;
  esac
  tool "$database" create
  tool "$database" setup-schema --version 0.0
  tool "$database" update-schema \
    --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
