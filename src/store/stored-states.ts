// How states become rows and rows become states: content is sealed, names are hashed where the
// project hides them.

import { claimedNames, type HandoffName, type HandoffState } from '../handoff.js';
import type { HashName } from '../name-hash.js';
import { hidesNames } from '../project.js';
import { type DataKey, keyNumberOf, open, type SealedPlace, seal } from '../sealing.js';
import {
  aliasesOf,
  namesOf,
  type PickupColumns,
  type Sealed,
  type SealedRow,
} from './handoff-rows.js';

/** The first character of what is stored. */
const formats = {
  /** JSON text of `data` in clear, from before there was sealing. */
  clear: '0',
  /** The sealed JSON text of `data`. */
  data: '1',
  /** The sealed names, a line break, and the JSON text of `data`. */
  namesAndData: '2',
} as const;

/** What is in clear is an object: of what is sealed, a changed format is not taken for that. */
const clearStart = `${formats.clear}{`;

/** The key of this number, or undefined where there is none. */
export type FindDataKey = (number: number) => Uint8Array | undefined;

/** What a row says of names and content; the rest of it is numbers. */
export type StoredContent = Pick<SealedRow, 'id' | 'shared_id' | 'aliases' | 'sealed'>;

/** All of a row that an answer depends on. */
export type StoredRow = Omit<SealedRow, keyof PickupColumns>;

/** A record that is not what was stored in its place: it was changed, moved or put back. */
export class BrokenRecord extends Error {
  override readonly name = 'BrokenRecord';

  constructor(tenant: string, version: number, found: string) {
    super(
      `A handoff state of tenant ${tenant}, version ${version}, is broken: ${found}; it was ` +
        'changed, moved or put back in the database. `baton doctor` names the record.',
    );
  }
}

/** A name as rows and indexes hold it. */
export function storedName(hashName: HashName, tenant: string, name: HandoffName): string {
  return hidesNames(tenant) ? hashName(tenant, name) : name.value;
}

/** The keyed hash of a name that a row holds. */
export function hashOfStored(hashName: HashName, tenant: string, stored: HandoffName): string {
  return hidesNames(tenant) ? stored.value : hashName(tenant, stored);
}

/** Every name but the id, as rows hold them. */
export function storedNames(hashName: HashName, tenant: string, state: Names): string[] {
  return claimedNames(state).map((value) =>
    storedName(hashName, tenant, { kind: 'shared_id', value }),
  );
}
type Names = Pick<HandoffState, 'sharedId' | 'aliases'>;

/** The content of a state's row. Without a key it is kept in clear, which a hiding project refuses. */
export function contentOf(
  hashName: HashName,
  tenant: string,
  state: HandoffState,
  dataKey: DataKey | undefined,
): StoredContent {
  const { dataText, sharedId, version, writtenAt, updatedAt, expiresAt } = state;
  const id = storedName(hashName, tenant, { kind: 'id', value: state.id });
  const numbers = { version, writtenAt, updatedAt, expiresAt };
  if (hidesNames(tenant)) {
    if (dataKey === undefined) throw new Error('A project that hides its names has no data key.');
    const names = JSON.stringify([state.id, sharedId, state.aliases]);
    const aliases = JSON.stringify(storedNames(hashName, tenant, state));
    const place = { tenant, id, sharedId: null, aliases, ...numbers };
    const sealed = seal(dataKey, place, `${names}\n${dataText}`);
    return { id, shared_id: null, aliases, sealed: withFormat(formats.namesAndData, sealed) };
  }
  const aliases = JSON.stringify(state.aliases);
  if (dataKey === undefined) {
    return { id, shared_id: sharedId, aliases, sealed: formats.clear + dataText };
  }
  const place = { tenant, id, sharedId, aliases, ...numbers };
  const sealed = withFormat(formats.data, seal(dataKey, place, dataText));
  return { id, shared_id: sharedId, aliases, sealed };
}

/** Throws `BrokenRecord` where the content does not open. */
export function openContent(
  tenant: string,
  row: StoredRow,
  findKey: FindDataKey,
): Pick<HandoffState, 'id' | 'sharedId' | 'dataText'> & { readonly aliases?: readonly string[] } {
  const { sealed, id, shared_id: sharedId, version } = row;
  const isHiding = hidesNames(tenant);
  if (typeof sealed === 'string' && sealed.startsWith(clearStart) && !isHiding) {
    return { id, sharedId, dataText: sealed.slice(1) };
  }
  const format = isHiding ? formats.namesAndData : formats.data;
  if (typeof sealed === 'string' || String.fromCharCode(sealed[0] ?? 0) !== format) {
    throw new BrokenRecord(tenant, version, 'its format is unknown');
  }
  const text = openSealed(tenant, row, sealed, findKey);
  if (!isHiding) return { id, sharedId, dataText: text };
  const lineEnd = text.indexOf('\n');
  const names = JSON.parse(text.slice(0, lineEnd)) as [string, string | null, string[]];
  return { id: names[0], sharedId: names[1], aliases: names[2], dataText: text.slice(lineEnd + 1) };
}

/** The whole state that a row holds. Throws `BrokenRecord`. */
export function openState(tenant: string, row: StoredRow, findKey: FindDataKey): HandoffState {
  const { id, sharedId, dataText, aliases } = openContent(tenant, row, findKey);
  return {
    id,
    sharedId,
    aliases: aliases ?? aliasesOf(row),
    dataText,
    version: row.version,
    writtenAt: row.written_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

/**
 * Throws `BrokenRecord` where an index led to a row that does not have the name, as rows hold it,
 * that was asked for.
 */
export function checkFoundBy(
  tenant: string,
  name: HandoffName,
  row: Pick<SealedRow, 'id' | 'shared_id' | 'aliases' | 'version'>,
): void {
  const { kind, value } = name;
  const isIts = kind === 'id' ? row.id === value : row.shared_id === value || hasName(row, value);
  if (!isIts) throw new BrokenRecord(tenant, row.version, 'it was found by a name of another one');
}

function hasName(row: Pick<SealedRow, 'shared_id' | 'aliases'>, value: string): boolean {
  return namesOf(row).includes(value);
}

/** A state that loses names to another one. */
export interface Loss {
  readonly tenant: string;
  readonly row: StoredRow;
  /** As rows hold them. */
  readonly lost: readonly string[];
  readonly findKey: FindDataKey;
  /** That of the state without them. */
  readonly version: number;
  readonly updatedAt: number;
}

/**
 * What is left of it, sealed anew. A broken one loses the names in its row, stays broken and can be
 * written over or erased: it must not keep others from the names that they claim.
 */
export function contentAfter(
  hashName: HashName,
  loss: Loss,
  dataKey: DataKey | undefined,
): StoredContent {
  const { tenant, row, lost, findKey, version, updatedAt } = loss;
  const keeps = (value: string) =>
    !lost.includes(storedName(hashName, tenant, { kind: 'shared_id', value }));
  try {
    const before = openState(tenant, row, findKey);
    const { sharedId } = before;
    const state = {
      ...before,
      sharedId: sharedId !== null && keeps(sharedId) ? sharedId : null,
      aliases: before.aliases.filter(keeps),
      version,
      updatedAt,
    };
    return contentOf(hashName, tenant, state, dataKey);
  } catch (error) {
    if (!(error instanceof BrokenRecord)) throw error;
    const { id, shared_id: sharedId, sealed } = row;
    const aliases = JSON.stringify(aliasesOf(row).filter((name) => !lost.includes(name)));
    const isKept = sharedId !== null && !lost.includes(sharedId);
    return { id, shared_id: isKept ? sharedId : null, aliases, sealed };
  }
}

/** The id that a caller knows a row by; of a hidden one that is broken, the hash of it. */
export function shownId(tenant: string, row: StoredRow, findKey: FindDataKey): string {
  if (!hidesNames(tenant)) return row.id;
  try {
    return openContent(tenant, row, findKey).id;
  } catch (error) {
    if (!(error instanceof BrokenRecord)) throw error;
    return shownHash + row.id;
  }
}

/** What a keyed hash is shown with, where a name cannot be or must not be shown. */
export const shownHash = 'hash:';

/** The hash that an erased state is kept by, of its id or of what a list shows of it. */
export function recordOf(hashName: HashName, tenant: string, id: string): string {
  if (id.startsWith(shownHash)) return id.slice(shownHash.length);
  return hashName(tenant, { kind: 'id', value: id });
}

/** The number of the key that a row needs to be opened; undefined where it needs none. */
export function keyNumberOfRow({ sealed }: { readonly sealed: Sealed }): number | undefined {
  return typeof sealed === 'string' ? undefined : keyNumberOf(withoutFormat(sealed));
}

function openSealed(
  tenant: string,
  row: StoredRow,
  sealed: Uint8Array,
  findKey: FindDataKey,
): string {
  const bytes = withoutFormat(sealed);
  const key = findKey(keyNumberOf(bytes));
  if (key === undefined) throw new BrokenRecord(tenant, row.version, 'it names no data key');
  const text = open(key, placeOf(tenant, row), bytes);
  if (text !== undefined) return text;
  throw new BrokenRecord(tenant, row.version, 'its sealed content does not open');
}

function placeOf(tenant: string, row: StoredRow): SealedPlace {
  return {
    tenant,
    id: row.id,
    sharedId: row.shared_id,
    aliases: row.aliases,
    version: row.version,
    writtenAt: row.written_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

function withFormat(format: string, sealed: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(format), sealed]);
}

function withoutFormat(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).subarray(1);
}
