// Baton as a user starts it, `baton init` and `baton serve`, and the requests that it is sent.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Bench, startIn } from './bench.js';
import { firstAnswer } from './connection.js';
import { type Database, poolSize } from './postgres-server.js';
import { type Environment, freePort, outputOf, type Running } from './processes.js';
import type { Request } from './request.js';
import { answerTextOf, dataBytes, idOf, sharedIdOf } from './states.js';

export interface Baton {
  readonly running: Running;
  readonly origin: string;
  readonly store: BatonStore;
}

/** A store with one project and its keys. */
export interface BatonStore {
  /** Tells Baton where the store is. */
  readonly environment: Environment;
  readonly account_id: string;
  readonly project_id: string;
  readonly admin_key: string;
  readonly write_key: string;
  readonly read_key: string;
}

/** Requests a second, and in a burst: never met, but counted, so that the figures hold its cost. */
export const budgetOfEach = '1000000000:1000000000';

const budgets: Environment = {
  BATON_RATE_KEY: budgetOfEach,
  BATON_RATE_PROJECT: budgetOfEach,
  BATON_RATE_NOT_FOUND: budgetOfEach,
  BATON_RATE_FAILED_KEYS: budgetOfEach,
};

const program = join(import.meta.dirname, '..', 'main.js');

/** A SQLite store in a data directory of this name. */
export async function initBaton(
  bench: Bench,
  name: string,
): Promise<BatonStore & { readonly dataDir: string }> {
  const dataDir = join(bench.scratch, name);
  return { ...(await initStore({ BATON_DATA_DIR: dataDir })), dataDir };
}

/** A store in an empty PostgreSQL database. */
export async function initBatonOn(database: Database): Promise<BatonStore> {
  return await initStore({
    BATON_DATABASE_URL: database.url,
    BATON_DATABASE_POOL: String(poolSize),
    BATON_MASTER_KEY: randomBytes(32).toString('hex'),
  });
}

async function initStore(environment: Environment): Promise<BatonStore> {
  const printed = await outputOf(process.execPath, [program, 'init', '--json'], { environment });
  const made: Omit<BatonStore, 'environment'> = JSON.parse(printed);
  return { ...made, environment };
}

/** Resolves when it answers. */
export async function serveBaton(bench: Bench, store: BatonStore): Promise<Baton> {
  const baton = await launchBaton(bench, store);
  const { origin, running } = baton;
  await firstAnswer(running, { origin, method: 'GET', path: '/readyz', headers: {} });
  return baton;
}

/** Resolves when the process has been started, before it answers. */
export async function launchBaton(bench: Bench, store: BatonStore): Promise<Baton> {
  const port = String(await freePort());
  const args = [program, 'serve', '--port', port];
  const environment = { ...budgets, ...store.environment };
  const running = startIn(bench, 'baton', process.execPath, args, environment);
  return { running, origin: `http://127.0.0.1:${port}`, store };
}

/** The look-up of a state by a key that may only read; `name` as of `nameOf`, or its place. */
export function lookUpRequest(baton: Baton, by: 'id' | 'shared_id', name: string): Request {
  const value = by === 'id' ? idOf(name) : sharedIdOf(name);
  return {
    origin: baton.origin,
    method: 'GET',
    path: `${statePath(baton.store)}?${by}=${value}`,
    headers: { 'x-api-key': baton.store.read_key },
  };
}

/** The write of a state with a shared id; `name` as of `nameOf`, or its place. */
export function putRequest(baton: Baton, name: string, bytes = dataBytes): Request {
  return {
    origin: baton.origin,
    method: 'PUT',
    path: statePath(baton.store),
    headers: { 'x-api-key': baton.store.write_key, 'Content-Type': 'application/json' },
    body: answerTextOf(name, bytes),
  };
}

function statePath(store: BatonStore): string {
  return `/v1/${store.account_id}/${store.project_id}/handoff_state`;
}
