#!/bin/sh
# Run once by the image of PostgreSQL, when the database is made. The site connects as a role that
# owns its own database and nothing else: it is no superuser, so a statement slipped into the site
# reads no file of the server and starts no program. CREATEDB is for `manage.py restore_test`, which
# restores into a database beside it. The superuser has no password afterwards, and so no way in but
# this container's own socket.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$NSCA_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE nsca LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE nsca OWNER nsca;
REVOKE ALL ON DATABASE nsca FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
