#!/bin/bash
# Run once by the PostgreSQL image, when it makes the database: Baton's role is no superuser.
set -eu
password=$(cat /run/secrets/database-password)
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --quiet << SQL
CREATE ROLE baton LOGIN PASSWORD '$password';
CREATE DATABASE baton OWNER baton;
SQL
