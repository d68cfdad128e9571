// The time of the database, which every node goes by.

/** Milliseconds since 1970, as `bigint`; rounded down, as a clock shows them. */
export const databaseNow = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/**
 * The same as the statement began: unlike the other it may stand where an index is searched, and,
 * for Citus, in what an UPDATE sets and in the WHERE of a DELETE; never in what ON CONFLICT sets.
 */
export const statementNow = 'floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint';
