// Which of the hosts is the primary: each is asked, and of several the highest timeline wins.

import type { Client } from 'pg';
import type { DatabaseAddress } from '../../database-url.js';
import { connect, type DatabaseHost, hangUp, query } from './client.js';
import { sqlState } from './failure.js';
import { hostFailure, nameOf } from './host-failure.js';

export interface Candidate {
  readonly host: DatabaseHost;
  /** Rises with each failover; 0 where the engine does not tell. */
  readonly timeline: number;
  readonly client: Client;
}

/** What each host was found to be where there is no primary, for the operator. */
export interface Search {
  readonly primary?: Candidate;
  readonly failures: readonly Failure[];
}

interface Failure {
  /** The host and what it was found to be. */
  readonly told: string;
  readonly advice: string;
  readonly lasts: boolean;
}

/** Asks all hosts at once; takes no primary of a timeline below `timelineMin`. */
export async function findPrimary(address: DatabaseAddress, timelineMin: number): Promise<Search> {
  const answers = await Promise.allSettled(address.hosts.map((host) => askHost(address, host)));
  const found = answers.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const primary = found
    .filter((it) => it.isPrimary && it.timeline >= timelineMin)
    .toSorted((one, other) => other.timeline - one.timeline)[0];

  for (const { client } of found) if (client !== primary?.client) hangUp(client);
  if (primary !== undefined) return { primary, failures: [] };
  return { failures: answers.map((it, index) => explain(it, address, index, timelineMin)) };
}

/** Connects to a host and asks what it is. The connection is the caller's. */
export async function askHost(
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

function explain(
  answer: PromiseSettledResult<Candidate & { isPrimary: boolean }>,
  address: DatabaseAddress,
  index: number,
  timelineMin: number,
): Failure {
  const host = address.hosts[index]!;
  if (answer.status === 'rejected') {
    const { found, advice, lasts } = hostFailure(answer.reason, address, host);
    return { told: `${nameOf(host)} ${found}`, advice, lasts };
  }
  const { isPrimary, timeline } = answer.value;
  const isOld = isPrimary && timeline < timelineMin;
  return {
    told: `${nameOf(host)} ${isOld ? 'is an old primary' : 'is a standby'}`,
    advice: 'name every host of the cluster in --database-url',
    lasts: false,
  };
}
