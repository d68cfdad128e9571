// The promises of a store in the simplest form that keeps them: maps in memory, and a clock.

import type { HandoffName, HandoffPatch, HandoffWrite, Preconditions } from '../../src/handoff.js';
import type { HandoffFilter } from '../../src/store/store.js';
import { type Listed, listedOf, type Refused, type Seen, type System } from './system.js';

const tombstoneMs = 30 * 86_400_000;

interface State {
  readonly id: string;
  sharedId: string | null;
  aliases: string[];
  data: Data;
  version: number;
  readonly writtenAt: number;
  updatedAt: number;
  expiresAt: number;
}

type Data = { [member: string]: Data | number | string };
type Patch = { [member: string]: Patch | number | string | null };

interface Ended extends State {
  readonly cause: 'expired' | 'erased';
  readonly endedAt: number;
}

export class HandoffModel implements System {
  readonly #now: () => number;
  readonly #retentionMs: number;
  readonly #live = new Map<string, State>();
  readonly #endedById = new Map<string, Ended>();
  readonly #endedByName = new Map<string, Ended>();

  constructor(now: () => number, retentionSeconds: number) {
    this.#now = now;
    this.#retentionMs = retentionSeconds * 1_000;
  }

  /** The version that a precondition would have to name now. */
  versionOf(name: HandoffName): number {
    return this.#find(name)?.version ?? 0;
  }

  async put(write: HandoffWrite, conditions: Preconditions): Promise<Seen | Refused> {
    const before = this.#find({ kind: 'id', value: write.id });
    if (fails(conditions, before)) return { error: 'precondition_failed' };
    const now = this.#now();
    const state: State = {
      id: write.id,
      sharedId: write.sharedId,
      aliases: distinct(write.aliases, write.sharedId),
      data: JSON.parse(write.dataText),
      version: 1 + (before?.version ?? this.#endedById.get(write.id)?.version ?? 0),
      writtenAt: before?.writtenAt ?? now,
      updatedAt: now,
      expiresAt: this.#expiry(write.ttlSeconds),
    };
    this.#keep(state);
    return { created: before === undefined, ...seen(state) };
  }

  async patch(
    name: HandoffName,
    patch: HandoffPatch,
    conditions: Preconditions,
  ): Promise<Seen | Refused> {
    const before = this.#find(name);
    if (fails(conditions, before)) return { error: 'precondition_failed' };
    if (before === undefined) return this.#missing(name);
    const sharedId = patch.sharedId === undefined ? before.sharedId : patch.sharedId;
    const aliases = patch.aliases === undefined ? before.aliases : (patch.aliases ?? []);
    const state: State = {
      ...before,
      sharedId,
      aliases: distinct(aliases, sharedId),
      data: merged(before.data, JSON.parse(patch.dataPatchText ?? '{}')),
      version: before.version + 1,
      updatedAt: this.#now(),
      expiresAt: patch.ttlSeconds === undefined ? before.expiresAt : this.#expiry(patch.ttlSeconds),
    };
    this.#keep(state);
    return seen(state);
  }

  async erase(
    name: HandoffName,
    conditions: Preconditions,
  ): Promise<{ id: string; erasedAt: number } | Refused> {
    const state = this.#find(name);
    if (fails(conditions, state)) return { error: 'precondition_failed' };
    if (state === undefined) return this.#missing(name);
    this.#bury({ ...state, cause: 'erased', endedAt: this.#now() });
    return { id: state.id, erasedAt: this.#now() };
  }

  async lookUp(name: HandoffName): Promise<Seen | Refused> {
    const state = this.#find(name);
    return state === undefined ? this.#missing(name) : seen(state);
  }

  async list(filter: HandoffFilter): Promise<readonly Listed[]> {
    this.#expire();
    const named = (state: State, ended: Ended | undefined) =>
      (filter.id === undefined || state.id === filter.id) &&
      (filter.sharedId === undefined ||
        (ended === undefined
          ? namesOf(state).includes(filter.sharedId)
          : this.#endedByName.get(filter.sharedId) === ended));
    const lines = [
      ...[...this.#live.values()]
        .filter((state) => named(state, undefined))
        .map((state) => ({ ...state, status: 'live' })),
      ...[...this.#endedById.values()]
        .filter((ended) => named(ended, ended))
        .map((ended) => ({ ...ended, status: ended.cause })),
    ];
    return lines
      .filter(({ status }) => filter.status === undefined || status === filter.status)
      .toSorted((one, other) => other.writtenAt - one.writtenAt)
      .map(listedOf);
  }

  async purge(): Promise<void> {
    this.#expire();
    const oldest = this.#now() - tombstoneMs;
    for (const tombstones of [this.#endedById, this.#endedByName]) {
      for (const [name, { endedAt }] of tombstones) if (endedAt <= oldest) tombstones.delete(name);
    }
  }

  #find(name: HandoffName): State | undefined {
    this.#expire();
    if (name.kind === 'id') return this.#live.get(name.value);
    return [...this.#live.values()].find((state) => namesOf(state).includes(name.value));
  }

  #missing(name: HandoffName): Refused {
    const ended = name.kind === 'id' ? this.#endedById : this.#endedByName;
    return { error: `handoff_state_${ended.get(name.value)?.cause ?? 'not_found'}` };
  }

  #expiry(ttlSeconds: number | null): number {
    return this.#now() + (ttlSeconds === null ? this.#retentionMs : ttlSeconds * 1_000);
  }

  /** Writes the state; who else has one of its names loses it, and a version goes by for each. */
  #keep(state: State): void {
    for (const name of namesOf(state)) {
      for (const other of this.#live.values()) {
        if (other.id === state.id || !namesOf(other).includes(name)) continue;
        if (other.sharedId === name) other.sharedId = null;
        other.aliases = other.aliases.filter((alias) => alias !== name);
        other.version += 1;
        other.updatedAt = this.#now();
      }
      this.#endedByName.delete(name);
    }
    this.#endedById.delete(state.id);
    this.#live.set(state.id, state);
  }

  #expire(): void {
    for (const state of this.#live.values()) {
      if (state.expiresAt > this.#now()) continue;
      this.#bury({ ...state, cause: 'expired', endedAt: state.expiresAt });
    }
  }

  #bury(ended: Ended): void {
    this.#live.delete(ended.id);
    this.#endedById.set(ended.id, ended);
    for (const name of namesOf(ended)) this.#endedByName.set(name, ended);
  }
}

function fails({ ifMatch, ifNoneMatch }: Preconditions, state: State | undefined): boolean {
  if (ifNoneMatch === '*' && state !== undefined) return true;
  if (ifMatch === undefined) return false;
  return state === undefined || (ifMatch !== '*' && !ifMatch.includes(state.version));
}

function namesOf({ sharedId, aliases }: State): string[] {
  return sharedId === null ? aliases : [sharedId, ...aliases];
}

function distinct(aliases: readonly string[], sharedId: string | null): string[] {
  return [...new Set(aliases)].filter((alias) => alias !== sharedId);
}

/** RFC 7396, section 2, on values. */
function merged(data: Data, patch: Patch): Data {
  const result = { ...data };
  for (const [member, change] of Object.entries(patch)) {
    const before = result[member];
    if (change === null) delete result[member];
    else if (typeof change !== 'object') result[member] = change;
    else result[member] = merged(typeof before === 'object' ? before : {}, change);
  }
  return result;
}

function seen(state: State): Seen {
  const shared = state.sharedId === null ? {} : { shared_id: state.sharedId };
  return {
    body: JSON.stringify({ id: state.id, ...shared, data: state.data }),
    etag: `"${state.version}"`,
    lastModified: new Date(state.updatedAt).toUTCString(),
    sunset: new Date(state.expiresAt).toUTCString(),
  };
}
