// Which of the hosts is the primary: each is asked, and of several the highest timeline wins.

import type { Client } from 'pg';
import type { DatabaseAddress } from '../../database-url.js';
import { connect, type DatabaseHost, hangUp, query } from './client.js';
import { sqlState } from './failure.js';

export interface Candidate {
  readonly host: DatabaseHost;
  /** Rises with each failover; 0 where the engine does not tell. */
  readonly timeline: number;
  readonly client: Client;
}

/** What each host was found to be, for the operator. */
export interface Search {
  readonly primary?: Candidate;
  readonly failures: readonly string[];
}

/** Asks all hosts at once; takes no primary of a timeline below `timelineMin`. */
export async function findPrimary(address: DatabaseAddress, timelineMin: number): Promise<Search> {
  const answers = await Promise.allSettled(address.hosts.map((host) => examine(address, host)));
  const found = answers.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const primary = found
    .filter((it) => it.isPrimary && it.timeline >= timelineMin)
    .toSorted((one, other) => other.timeline - one.timeline)[0];

  for (const { client } of found) if (client !== primary?.client) hangUp(client);
  const failures = answers.map((answer, index) => {
    const { host, port } = address.hosts[index]!;
    return `${host}:${port} ${explain(answer, timelineMin)}`;
  });
  return primary === undefined ? { failures } : { primary, failures };
}

async function examine(
  address: DatabaseAddress,
  host: DatabaseHost,
): Promise<Candidate & { isPrimary: boolean }> {
  const client = await connect(address, host);
  try {
    const [row] = await query<{ standby: boolean }>(
      client,
      'SELECT pg_is_in_recovery() AS standby',
    );
    const isPrimary = row?.standby === false;
    return { host, client, isPrimary, timeline: isPrimary ? await timelineOf(client) : 0 };
  } catch (error) {
    hangUp(client);
    throw error;
  }
}

/** The first eight hexadecimal digits of a WAL file's name (PostgreSQL manual, 9.28.3). */
async function timelineOf(client: Client): Promise<number> {
  try {
    const [row] = await query<{ file: string }>(
      client,
      'SELECT pg_walfile_name(pg_current_wal_lsn()) AS file',
    );
    return Number.parseInt(row!.file.slice(0, 8), 16);
  } catch (error) {
    // An engine that speaks PostgreSQL and has no such function.
    if (sqlState(error) === undefined) throw error;
    return 0;
  }
}

type Examined = PromiseSettledResult<Candidate & { isPrimary: boolean }>;

function explain(answer: Examined, timelineMin: number): string {
  if (answer.status === 'rejected') {
    const { message, code } = answer.reason as Error & { code?: string };
    return message === '' ? `cannot be reached (${code})` : `says: ${message}`;
  }
  if (!answer.value.isPrimary) return 'is a standby';
  return answer.value.timeline < timelineMin ? 'is an old primary' : 'is the primary';
}
