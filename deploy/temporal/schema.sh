# Temporal's two databases; what is there is updated.
set -eu
for database in temporal:temporal temporal_visibility:visibility; do
  sql() { temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db "${database%:*}" "$@"; }
  sql create
  sql setup-schema -v 0.0
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/${database#*:}/versioned"
done
