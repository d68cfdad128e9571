// The head of a backup, in clear: what it is, a hash of that, and the wrapped key of its body.

import { hash } from 'node:crypto';
import type { Row, StoreKind } from './contents.js';
import { type BackupTable, backupTables, settingKinds } from './tables.js';

/** The form of the file that this version writes and reads. */
const format = 1;
/** Bytes of both lines, at most; a sound head is far shorter. */
export const headBytesMax = 64 * 1024;

const magic = 'baton-backup';
export const backupKeyPurpose = 'baton backup key';

export interface Manifest {
  readonly baton_version: string;
  readonly store: StoreKind;
  readonly schema_version: number;
  readonly region: string;
  /** RFC 3339, in UTC: the moment that the backup shows. */
  readonly created_at: string;
  readonly tables: readonly ManifestTable[];
  /** The key of the body, wrapped by the master key, as base64. */
  readonly backup_key: string;
}

export interface ManifestTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

/** Two lines: what this is, with the hash of the second, and the manifest. */
export function writeHead(manifest: Manifest): Buffer {
  const line = `${JSON.stringify(manifest)}\n`;
  return Buffer.from(`${magic} ${format} ${hash('sha256', line)}\n${line}`);
}

/** From the first `headBytesMax` bytes of a file. Throws a sentence that begins with `name`. */
export function readHead(name: string, bytes: Buffer): { manifest: Manifest; head: Buffer } {
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic) {
    throw new Error(
      `${name}: no backup of Baton, or its first bytes are damaged; name a file that ` +
        '`baton backup` has written.',
    );
  }
  const firstEnd = bytes.indexOf('\n');
  const secondEnd = bytes.indexOf('\n', firstEnd + 1);
  const line = bytes.subarray(0, firstEnd).toString('latin1');
  const [, formatText, digest] = /^\S+ (\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
  if (formatText !== undefined && Number(formatText) > format) {
    throw new Error(
      `${name}: a backup of format ${formatText}, this version of Baton reads up to ${format}; ` +
        'restore it with the version that made it, or a newer one.',
    );
  }
  const isWhole = firstEnd > 0 && secondEnd > 0 && Number(formatText) === format;
  const text = bytes.subarray(firstEnd + 1, secondEnd + 1);
  if (!isWhole || hash('sha256', text) !== digest) throw damaged(name, 'in its head');
  return {
    manifest: JSON.parse(text.toString()) as Manifest,
    head: bytes.subarray(0, secondEnd + 1),
  };
}

/** The tables of a manifest as this version knows them, with the columns that are in the backup. */
export function tablesOf(name: string, manifest: Manifest): Map<string, BackupTable> {
  const known = new Map(backupTables.map((table) => [table.name, table]));
  const tables = manifest.tables.map(({ name: tableName, columns }): [string, BackupTable] => {
    const all = known.get(tableName)?.columns;
    const kinds = columns.map((column) => [column, all?.[column]] as const);
    const unknown = kinds.find(([, kind]) => kind === undefined);
    if (unknown !== undefined) throw newer(name, manifest, `column ${tableName}.${unknown[0]}`);
    return [tableName, { name: tableName, columns: Object.fromEntries(kinds) } as BackupTable];
  });
  return new Map(tables);
}

/** Throws for a setting that this version does not know: whoever left it out would lose it. */
export function checkSettings(rows: readonly Row[]): void {
  const unknown = rows.find(([name]) => settingKinds[String(name)] === undefined);
  if (unknown === undefined) return;
  throw new Error(
    `This version of Baton does not know how to keep the setting ${unknown[0]}; use the version ` +
      'that made it.',
  );
}

export function newer(name: string, { baton_version }: Manifest, what: string): Error {
  return new Error(
    `${name}: a backup of Baton ${baton_version} with ${what}, which this version does not know; ` +
      'restore it with that version, or a newer one.',
  );
}

export function damaged(name: string, where: string): Error {
  return new Error(
    `${name}: damaged or cut off, ${where}; nothing was restored: take another copy of it, or an ` +
      'older backup.',
  );
}
