// When a node first met the primary of this timeline: since then none trusts an older one anew.

import type { Client } from 'pg';
import { databaseNow, statementNow } from './clock.js';

/** The first timeline of a database counts as met long ago: there is no older primary. */
const begin = `INSERT INTO setting (name, value) VALUES ('timeline', $1::text || ' 0')
  ON CONFLICT (name) DO NOTHING`;

const meet = `UPDATE setting SET value = $1::text || ' ' || (${statementNow})::text
  WHERE name = 'timeline' AND split_part(value, ' ', 1)::bigint < $1::text::bigint`;

const age = `SELECT ${databaseNow} - split_part(value, ' ', 2)::bigint AS age
  FROM setting WHERE name = 'timeline'`;

/** Milliseconds since the first node met it, by the clock of the database. */
export async function timelineAgeMs(client: Client, timeline: number): Promise<number> {
  await client.query(begin, [timeline]);
  await client.query(meet, [timeline]);
  const { rows } = await client.query<{ age: number }>(age);
  return rows[0]!.age;
}
