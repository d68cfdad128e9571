// Writes a backup: the rows of a snapshot as lines of JSON, compressed, sealed by a key of its own.

import { createHash, randomBytes } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { MasterKeys } from '../../master-key.js';
import { version } from '../../version.js';
import { sealChunks } from './chunks.js';
import type { Snapshot } from './contents.js';
import { backupKeyPurpose, checkSettings, type Manifest, writeHead } from './manifest.js';
import { backupTables } from './tables.js';
import { unknownWrapper } from './wrapped-values.js';

export interface BackupOptions {
  readonly masterKeys: MasterKeys;
  readonly onProgress: (done: number, all: number) => void;
}

export interface Backup {
  readonly manifest: Manifest;
  /** The file. Throws where a row is found that could not be restored. */
  readonly bytes: AsyncIterable<Buffer>;
}

export async function writeBackup(snapshot: Snapshot, options: BackupOptions): Promise<Backup> {
  const key = randomBytes(32);
  const wrapped = options.masterKeys.wrap(backupKeyPurpose, key);
  const tables = [];
  for (const table of backupTables) {
    const { name, columns } = table;
    tables.push({ name, columns: Object.keys(columns), rows: await snapshot.count(table) });
  }
  const manifest: Manifest = {
    baton_version: version,
    store: snapshot.storeKind,
    schema_version: snapshot.schemaVersion,
    region: snapshot.region,
    created_at: new Date().toISOString(),
    tables,
    backup_key: Buffer.from(wrapped).toString('base64'),
  };
  const head = writeHead(manifest);
  const lines = hashed(linesOf(snapshot, manifest, options));
  return { manifest, bytes: fileOf(head, sealChunks({ key, context: head }, compressed(lines))) };
}

async function* fileOf(head: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* chunks;
}

/** A line that names each table, then its rows as arrays. */
async function* linesOf(
  snapshot: Snapshot,
  manifest: Manifest,
  { masterKeys, onProgress }: BackupOptions,
): AsyncGenerator<string> {
  const all = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  for (const table of backupTables) {
    yield `${JSON.stringify({ table: table.name })}\n`;
    for await (const rows of snapshot.rows(table)) {
      if (rows.length === 0) continue;
      if (table.name === 'setting') checkSettings(rows);
      if (unknownWrapper(table, rows, masterKeys)) {
        throw new Error(
          'The store holds a key that none of the given master keys has wrapped, and its backup ' +
            'could not be restored; give all master keys that are in use, the current one first.',
        );
      }
      yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      done += rows.length;
      onProgress(done, all);
    }
  }
}

/** The lines, and one that ends them with the hash of them all. */
async function* hashed(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const digest = createHash('sha256');
  for await (const line of lines) {
    digest.update(line);
    yield line;
  }
  yield `${JSON.stringify({ end: digest.digest('hex') })}\n`;
}

/** Sealed text has nothing that repeats: only its letters get shorter codes, which is fast. */
const compression = { strategy: constants.Z_HUFFMAN_ONLY, chunkSize: 256 * 1024 };

function compressed(lines: AsyncIterable<string>): AsyncIterable<Buffer> {
  // Not read far ahead: what is read takes memory. A failure of the one reaches who reads the other.
  return pipeline(Readable.from(lines, { highWaterMark: 1 }), createGzip(compression), () => {});
}
