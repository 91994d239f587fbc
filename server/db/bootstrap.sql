-- The roles, schemas and extensions Guanjia needs, made by a superuser in Guanjia's own database. Safe to run again.
-- The one source for both ways: `npm start` runs it through server/db/bootstrap.ts, and a Postgres container runs it with psql
-- from docker-entrypoint-initdb.d. Lines that start with a backslash and :'names' are psql's; bootstrap.ts understands these two.
-- The database must have been made with the builtin C.UTF-8 locale: with plain C, trigram search of Chinese finds nothing.
\getenv owner_password GUANJIA_OWNER_PASSWORD
\getenv app_password GUANJIA_APP_PASSWORD

-- SET prints nothing: passwords do not end up in a container's log.
SET guanjia.owner_password = :'owner_password';
SET guanjia.app_password = :'app_password';

DO $$
BEGIN
  -- Several databases of one cluster may be bootstrapped at the same time: roles belong to the cluster.
  PERFORM pg_advisory_xact_lock(7203115);
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_owner') THEN CREATE ROLE guanjia_owner; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_publisher') THEN CREATE ROLE guanjia_publisher; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_engine') THEN CREATE ROLE guanjia_engine; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_app') THEN CREATE ROLE guanjia_app; END IF;

  -- owner: migrations. publisher: tables of form types, made when one is published. engine: writes the outcome of steps.
  -- app: everything a request does; owns nothing and cannot bypass row security.
  EXECUTE format('ALTER ROLE guanjia_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %L', current_setting('guanjia.owner_password'));
  ALTER ROLE guanjia_publisher NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  ALTER ROLE guanjia_engine NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  EXECUTE format('ALTER ROLE guanjia_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %L', current_setting('guanjia.app_password'));

  GRANT guanjia_publisher TO guanjia_owner WITH INHERIT TRUE, SET TRUE;
  -- The app becomes the engine only where the code says SET LOCAL ROLE, never by mere membership.
  GRANT guanjia_engine TO guanjia_app WITH INHERIT FALSE, SET TRUE;

  EXECUTE format('ALTER DATABASE %I OWNER TO guanjia_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO guanjia_owner, guanjia_app', current_database());
END
$$;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA IF NOT EXISTS record;
ALTER SCHEMA public OWNER TO guanjia_owner;
ALTER SCHEMA record OWNER TO guanjia_publisher;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO guanjia_app, guanjia_engine, guanjia_publisher;
GRANT USAGE ON SCHEMA record TO guanjia_app, guanjia_engine, guanjia_owner;
