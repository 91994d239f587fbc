#!/bin/sh
# Runs once, when the volume of Postgres is new: the role that makes and owns Temporal's two databases, and nothing else.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password TEMPORAL_PASSWORD
CREATE ROLE temporal LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
SQL
