// Writes states over HTTP, remembers what was acknowledged, and tells what of it is lost.

import { BatonClient, BatonClientError } from '../../../client/src/index.js';
import type { ServerProcess } from './server-process.js';

/** The client of the first project, that never tries a call again. */
export function clientOf(server: ServerProcess, writeKey: string): BatonClient {
  return new BatonClient({
    url: server.url,
    apiKey: writeKey,
    account: 'demo',
    project: 'demo',
    retries: 0,
  });
}

/** The write key that the first start of a store prints. */
export function writeKeyOf(server: ServerProcess): Promise<string> {
  return server.printed(/write key +(\S+)/);
}

/** What the server has promised to keep. */
export interface Promised {
  /** The number in the data of each state that was written, by id. */
  readonly written: Map<string, number>;
  readonly erased: Set<string>;
  /** The number of the last state that was acknowledged to own a shared id, or a newer one. */
  readonly owners: Map<string, number>;
}

export function nothingPromised(): Promised {
  return { written: new Map(), erased: new Set(), owners: new Map() };
}

export interface Writing {
  /** Begins every id and shared id, so that rounds do not meet. */
  readonly prefix: string;
  readonly connections: number;
  /** Writes of each connection; without it they go on until one fails. */
  readonly writesEach?: number;
  /** Characters of text in each state. */
  readonly textCharacters?: number;
}

/**
 * Writes at several connections. Each takes over its own shared id with every state and erases
 * every fifth. Resolves when all have done their part, or failed because the server did.
 */
export async function writeStates(
  client: BatonClient,
  promised: Promised,
  writing: Writing,
): Promise<void> {
  const connections = Array.from({ length: writing.connections }, (_, connection) =>
    writeAlone(client, promised, writing, `${writing.prefix}-${connection}`),
  );
  await Promise.all(connections);
}

async function writeAlone(
  client: BatonClient,
  promised: Promised,
  { writesEach = Number.POSITIVE_INFINITY, textCharacters = 300 }: Writing,
  name: string,
): Promise<void> {
  for (let number = 1; number <= writesEach; number++) {
    const id = `${name}-${number}`;
    try {
      await client.put({ id, sharedId: name, data: stateData(number, textCharacters) });
      promised.written.set(id, number);
      promised.owners.set(name, number);
      if (!isErasedLater(number)) continue;

      // Until the answer comes nobody knows whether the state and its shared id are still there.
      promised.written.delete(id);
      promised.owners.delete(name);
      await client.erase({ id });
      promised.erased.add(id);
    } catch (error) {
      if (isEndOfServer(error)) return;
      throw error;
    }
  }
}

/** Whether the state with this number is erased as soon as it is written. */
export function isErasedLater(number: number): boolean {
  return number % 5 === 0;
}

function isEndOfServer(error: unknown): boolean {
  return (
    error instanceof BatonClientError && (error.code === 'network' || error.code === 'unavailable')
  );
}

interface StateData {
  readonly number: number;
  readonly characters: number;
  readonly text: string;
}

/** Data that shows by itself whether it is whole. */
export function stateData(number: number, characters: number): StateData {
  return { number, characters, text: String(number % 10).repeat(characters) };
}

export interface Found {
  readonly number: number;
  readonly isWhole: boolean;
}

/** Finds a state by id or by shared id; undefined where there is none. */
export type Find = (kind: 'id' | 'shared_id', name: string) => Promise<Found | undefined>;

/** Every promise that was broken, in words. */
export async function brokenPromises(promised: Promised, find: Find): Promise<string[]> {
  const broken: string[] = [];
  for (const [id, number] of promised.written) {
    const found = await find('id', id);
    if (found === undefined) broken.push(`${id} is lost`);
    else if (!found.isWhole || found.number !== number) broken.push(`${id} is torn`);
  }
  for (const id of promised.erased) {
    if ((await find('id', id)) !== undefined) broken.push(`${id} was erased and is back`);
  }
  for (const [sharedId, number] of promised.owners) {
    const found = await find('shared_id', sharedId);
    if (found === undefined) broken.push(`${sharedId} finds nothing`);
    else if (found.number < number) broken.push(`${sharedId} went back`);
  }
  return broken;
}

export function foundIn(data: unknown): Found {
  const { number, characters, text } = data as StateData;
  return { number, isWhole: text === stateData(number, characters).text };
}

/** Finds states over HTTP. */
export function findOverHttp(client: BatonClient): Find {
  return async (kind, name) => {
    const answer = await client.find(kind === 'id' ? { id: name } : { sharedId: name });
    return answer === undefined ? undefined : foundIn(answer.data);
  };
}
