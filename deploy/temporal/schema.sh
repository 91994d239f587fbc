#!/bin/sh
# Makes Temporal's databases where there are none and brings their schemas up to this version of Temporal. Can be run again.
set -eu
versions=/etc/temporal/schema/postgresql/v12
for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  # The tool creates a database only where there is none, and sets up a schema only once.
  temporal-sql-tool --db "$database" create
  if ! temporal-sql-tool --db "$database" update-schema -d "$versions/${pair##*:}/versioned"; then
    temporal-sql-tool --db "$database" setup-schema -v 0.0
    temporal-sql-tool --db "$database" update-schema -d "$versions/${pair##*:}/versioned"
  fi
done
