// The statements that Baton sends for one request, as the database logs them: what the bare driver
// is made to repeat, so that the baseline follows Baton.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execute, type PostgresServer, withClient } from './postgres-server.js';
import { namePlace } from './states.js';

/** A statement in which `namePlace` stands for the name of a state. Without a name: plain text. */
export interface BareStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** A line of jsonlog, as far as it matters here. */
interface LogLine {
  readonly pid: number;
  readonly message: string;
  readonly detail?: string;
}

const readEveryMs = 20;
const readMs = 10_000;

/** Lets every connection that is made while `work` runs log its statements. */
export async function whileLogging<Result>(
  server: PostgresServer,
  work: () => Promise<Result>,
): Promise<Result> {
  await execute(server.adminUrl('postgres'), "ALTER ROLE baton SET log_statement = 'all'");
  try {
    return await work();
  } finally {
    await execute(server.adminUrl('postgres'), 'ALTER ROLE baton RESET log_statement');
  }
}

/**
 * The statements that `send` caused on the connection that named the state `name`, in their order.
 * To be called inside `whileLogging`, with the URL of the database that is asked.
 */
export async function statementsOf(
  { statementLog }: PostgresServer,
  url: string,
  { name, send }: { name: string; send: () => Promise<void> },
): Promise<BareStatement[]> {
  const [begin, end] = [`begin ${name}`, `end ${name}`];
  await withClient(url, async (client) => {
    await client.query(`SELECT '${begin}'`);
    await send();
    await client.query(`SELECT '${end}'`);
  });
  const lines = await linesBetween(statementLog, begin, end);
  const pid = lines.find(({ detail }) => detail?.includes(name))?.pid;
  const own = lines.filter((line) => line.pid === pid);
  const statements = transactionOf(own, name).flatMap((line) => statementOf(line, name) ?? []);
  if (statements.length === 0) throw new Error('PostgreSQL has logged no statement of Baton.');
  return statements;
}

/** What else the same connection was asked is left out; without a transaction, nothing is. */
function transactionOf(own: readonly LogLine[], name: string): readonly LogLine[] {
  const named = own.findIndex(({ detail }) => detail?.includes(name));
  const begins = ({ message }: LogLine) => message.startsWith('statement: BEGIN');
  const first = own.slice(0, named + 1).findLastIndex(begins);
  const ends = own.findIndex(
    ({ message }, at) => at > named && message.startsWith('statement: COMMIT'),
  );
  return first === -1 || ends === -1 ? own : own.slice(first, ends + 1);
}

async function linesBetween(file: string, begin: string, end: string): Promise<LogLine[]> {
  const deadline = performance.now() + readMs;
  while (performance.now() < deadline) {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const first = lines.findIndex((line) => line.includes(`SELECT '${begin}'`));
    const last = lines.findIndex((line) => line.includes(`SELECT '${end}'`));
    if (last > first) return lines.slice(first + 1, last).map((line): LogLine => JSON.parse(line));
    await pause(readEveryMs);
  }
  throw new Error(`PostgreSQL has not logged in ${file} what it was asked.`);
}

/** From `execute NAME: TEXT` with `Parameters: $1 = '…', $2 = NULL`, or from `statement: TEXT`. */
function statementOf({ message, detail = '' }: LogLine, name: string): BareStatement | undefined {
  const plain = /^statement: (.+)$/s.exec(message)?.[1];
  if (plain !== undefined) return { text: plain, values: [] };
  const [, given, text] = /^execute (\S+): (.+)$/s.exec(message) ?? [];
  if (given === undefined || text === undefined) return undefined;
  const values = [...detail.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(
    ([, value]) => value?.replaceAll("''", "'").replaceAll(name, namePlace) ?? null,
  );
  return given === '<unnamed>' ? { text, values } : { name: given, text, values };
}
