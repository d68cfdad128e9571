// How states become rows and rows become states: content is sealed, names are hashed where the
// project hides them.

import { claimedNames, type HandoffName, type HandoffState } from '../handoff.js';
import type { HashName } from '../name-hash.js';
import { hidesNames } from '../project.js';
import { type DataKey, keyNumberOf, open, type SealedPlace, seal } from '../sealing.js';
import { aliasesOf, type Sealed, type StateRow } from './handoff-rows.js';

/** The first character of what is stored. */
const formats = {
  /** JSON text in clear, from before there was sealing. */
  clear: '0',
  /** The sealed JSON text of `data`. */
  data: '1',
  /** The sealed names, a line break, and the JSON text of `data`. */
  namesAndData: '2',
} as const;

/** The key of this number, or undefined where there is none. */
export type FindDataKey = (number: number) => Uint8Array | undefined;

/** What a row says of names and content; the rest of it is numbers. */
export type StoredContent = Pick<StateRow, 'id' | 'shared_id' | 'aliases'> & {
  readonly sealed: Sealed;
};

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
  const { dataText, sharedId, version } = state;
  const id = storedName(hashName, tenant, { kind: 'id', value: state.id });
  const place = { tenant, id, version };
  if (hidesNames(tenant)) {
    if (dataKey === undefined) throw new Error('A project that hides its names has no data key.');
    const names = JSON.stringify([state.id, sharedId, state.aliases]);
    const aliases = JSON.stringify(storedNames(hashName, tenant, state));
    const sealed = withFormat(formats.namesAndData, seal(dataKey, place, `${names}\n${dataText}`));
    return { id, shared_id: null, aliases, sealed };
  }
  const aliases = JSON.stringify(state.aliases);
  const sealed =
    dataKey === undefined
      ? formats.clear + dataText
      : withFormat(formats.data, seal(dataKey, place, dataText));
  return { id, shared_id: sharedId, aliases, sealed };
}

/** Throws where the content does not open: then it is not what was stored in this place. */
export function openContent(
  tenant: string,
  row: StoredContent & { readonly version: number },
  findKey: FindDataKey,
): Pick<HandoffState, 'id' | 'sharedId' | 'dataText'> & { readonly aliases?: readonly string[] } {
  const { sealed, id, shared_id: sharedId } = row;
  if (typeof sealed === 'string') {
    if (sealed.startsWith(formats.clear)) return { id, sharedId, dataText: sealed.slice(1) };
    throw unknownFormat();
  }
  const format = String.fromCharCode(sealed[0]!);
  const text = openSealed({ tenant, id, version: row.version }, sealed, findKey);
  if (format === formats.data) return { id, sharedId, dataText: text };
  if (format !== formats.namesAndData) throw unknownFormat();
  const lineEnd = text.indexOf('\n');
  const names = JSON.parse(text.slice(0, lineEnd)) as [string, string | null, string[]];
  return { id: names[0], sharedId: names[1], aliases: names[2], dataText: text.slice(lineEnd + 1) };
}

/** The whole state that a row holds. */
export function openState(
  tenant: string,
  row: StateRow & { readonly sealed: Sealed },
  findKey: FindDataKey,
): HandoffState {
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

/** The id that a caller knows a row by; of a hidden one that does not open, the hash of it. */
export function shownId(
  tenant: string,
  row: StoredContent & { readonly version: number },
  findKey: FindDataKey,
): string {
  if (!hidesNames(tenant)) return row.id;
  try {
    return openContent(tenant, row, findKey).id;
  } catch {
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

function openSealed(place: SealedPlace, sealed: Uint8Array, findKey: FindDataKey): string {
  const bytes = withoutFormat(sealed);
  const key = findKey(keyNumberOf(bytes));
  const text = key && open(key, place, bytes);
  if (text !== undefined) return text;
  throw new Error(
    `The sealed content of a handoff state does not open (tenant ${place.tenant}, version ` +
      `${place.version}${key === undefined ? ', its data key is missing' : ''}): it was changed, ` +
      'moved or put back in the database. `baton doctor` names the record.',
  );
}

function withFormat(format: string, sealed: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(format), sealed]);
}

function withoutFormat(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, sealed.byteLength - 1);
}

function unknownFormat(): Error {
  return new Error('A stored handoff state has a format that this version of Baton cannot read.');
}
