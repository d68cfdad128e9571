// Where Debian keeps the programs of PostgreSQL 15.

export const postgresPrograms = '/usr/lib/postgresql/15/bin';
