// Baton as a user starts it: `baton init`, `baton serve`, and states written through its API.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, say, startIn } from './bench.js';
import { expectStatus, firstAnswer, keepAliveAgent, send } from './http-client.js';
import { connections, type Load } from './load.js';
import { freePort, type Running } from './processes.js';
import { answerTextOf, idOf, nameOf, namePlace, sharedIdOf } from './states.js';

export interface Baton {
  readonly running: Running;
  readonly origin: string;
  readonly store: BatonStore;
}

/** A data directory with one project and its keys. */
export interface BatonStore {
  readonly dataDir: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly admin_key: string;
  readonly write_key: string;
  readonly read_key: string;
}

const program = join(import.meta.dirname, '..', 'main.js');

export async function initBaton(bench: Bench, name: string): Promise<BatonStore> {
  const dataDir = join(bench.scratch, name);
  const args = [program, 'init', '--json', '--data-dir', dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const made: Omit<BatonStore, 'dataDir'> = JSON.parse(stdout);
  return { ...made, dataDir };
}

/** Resolves when it answers. */
export async function serveBaton(bench: Bench, store: BatonStore): Promise<Baton> {
  const baton = await launchBaton(bench, store);
  await firstAnswer(baton.running, `${baton.origin}/readyz`);
  return baton;
}

/** Resolves when the process has been started, before it answers. */
export async function launchBaton(bench: Bench, store: BatonStore): Promise<Baton> {
  const port = String(await freePort());
  const args = [program, 'serve', '--port', port, '--data-dir', store.dataDir];
  const running = startIn(bench, 'baton', process.execPath, args);
  return { running, origin: `http://127.0.0.1:${port}`, store };
}

export function lookUpUrl(baton: Baton, query: string): string {
  return `${baton.origin}${statePath(baton.store)}?${query}`;
}

/** Look-ups of states at random, by a key that may only read. */
export function lookUpLoad(
  baton: Baton,
  name: 'id' | 'shared_id',
  states: { first: number; count: number },
): Load {
  const value = name === 'id' ? idOf(namePlace) : sharedIdOf(namePlace);
  return {
    origin: baton.origin,
    method: 'GET',
    path: `${statePath(baton.store)}?${name}=${value}`,
    headers: { 'x-api-key': baton.store.read_key },
    states,
  };
}

/** PUTs of new states, from the number `first` on. */
export function putLoad(baton: Baton, first: number): Load {
  return {
    origin: baton.origin,
    method: 'PUT',
    path: statePath(baton.store),
    headers: { 'x-api-key': baton.store.write_key, 'Content-Type': 'application/json' },
    body: answerTextOf(namePlace),
    states: { first, count: 'each once' },
  };
}

/** Writes the states 0 to `count - 1` in this order, at 64 connections, and checks a few. */
export async function seedStates(baton: Baton, count: number): Promise<void> {
  say(`writing ${count.toLocaleString('en')} states`);
  const agent = keepAliveAgent(connections);
  let next = 0;
  const writer = async () => {
    while (next < count) await writeState(agent, baton, next++);
  };
  await Promise.all(Array.from({ length: connections }, writer));
  for (const number of [0, count >> 1, count - 1]) await checkLookUp(agent, baton, number);
  agent.destroy();
}

/** Resolves with the reply of the PUT of this new state. */
export async function writeState(
  agent: ReturnType<typeof keepAliveAgent>,
  baton: Baton,
  number: number,
): ReturnType<typeof send> {
  const { origin, path, headers } = putLoad(baton, 0);
  const body = answerTextOf(nameOf(number));
  const reply = await send(agent, origin + path, { method: 'PUT', headers, body });
  expectStatus(reply, 201, 'PUT of a state');
  return reply;
}

async function checkLookUp(
  agent: ReturnType<typeof keepAliveAgent>,
  baton: Baton,
  number: number,
): Promise<void> {
  const name = nameOf(number);
  for (const query of [`id=${idOf(name)}`, `shared_id=${sharedIdOf(name)}`]) {
    const headers = { 'x-api-key': baton.store.read_key };
    const reply = await send(agent, lookUpUrl(baton, query), { headers });
    expectStatus(reply, 200, 'look-up of a state that was written');
    if (reply.body !== answerTextOf(name)) throw new Error('a look-up gave other bytes.');
  }
}

function statePath(store: BatonStore): string {
  return `/v1/${store.account_id}/${store.project_id}/handoff_state`;
}
