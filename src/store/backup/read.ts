// Reads a backup: refuses what is no sound backup for this store, and gives its rows.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { MasterKeys } from '../../master-key.js';
import { type ChunkKey, openChunks } from './chunks.js';
import type { Row, StoreSchema } from './contents.js';
import { inBatches } from './lines.js';
import {
  backupKeyPurpose,
  checkSettings,
  damaged,
  headBytesMax,
  type Manifest,
  newer,
  readHead,
  tablesOf,
} from './manifest.js';
import type { BackupTable } from './tables.js';
import { unknownWrapper } from './wrapped-values.js';

export interface ReadOptions {
  /** Of the file, for errors. */
  readonly name: string;
  readonly region: string;
  readonly masterKeys: MasterKeys;
  /** Of the store that is to be filled. */
  readonly schema: StoreSchema;
}

/** Rows of one table, some at a time. */
export interface Batch {
  readonly table: BackupTable;
  readonly rows: readonly Row[];
}

/** A backup whose head is sound and whose master key is here. */
export class BackupReader {
  readonly manifest: Manifest;
  readonly #file: FileHandle;
  readonly #options: ReadOptions;
  readonly #chunkKey: ChunkKey;
  readonly #tables: ReadonlyMap<string, BackupTable>;

  private constructor(file: FileHandle, options: ReadOptions, head: Buffer, manifest: Manifest) {
    this.manifest = manifest;
    this.#file = file;
    this.#options = options;
    refuseNewerSchema(options, manifest);
    this.#tables = tablesOf(options.name, manifest);
    refuseOtherRegion(options, manifest);
    this.#chunkKey = { key: openBackupKey(options, manifest), context: head };
  }

  static async open(file: FileHandle, options: ReadOptions): Promise<BackupReader> {
    const bytes = Buffer.alloc(headBytesMax);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const { head, manifest } = readHead(options.name, bytes.subarray(0, bytesRead));
    return new BackupReader(file, options, head, manifest);
  }

  get rowCount(): number {
    return this.manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** All that is in it, from its beginning; throws at the first that is not as it was written. */
  async *batches(): AsyncGenerator<Batch> {
    const { name, masterKeys } = this.#options;
    const digest = createHash('sha256');
    const left = new Map(this.manifest.tables.map((table) => [table.name, table.rows]));
    let end: string | undefined;

    for await (const { text, control, rows, tableName } of inBatches(this.#plainBytes())) {
      if (end !== undefined) throw damaged(name, 'behind its end');
      if (control?.end !== undefined) {
        end = control.end;
        continue;
      }
      digest.update(text);
      if (rows.length === 0) continue;
      const table = this.#tables.get(tableName);
      if (table === undefined) throw damaged(name, 'in its tables');
      left.set(tableName, left.get(tableName)! - rows.length);
      if (tableName === 'setting') checkSettings(rows);
      if (unknownWrapper(table, rows, masterKeys)) throw wrongMasterKey(name);
      yield { table, rows };
    }

    const isWhole = end === digest.digest('hex');
    if (!isWhole || [...left.values()].some((count) => count !== 0)) {
      throw damaged(name, 'in its rows');
    }
  }

  #plainBytes(): AsyncIterable<Buffer> {
    const start = this.#chunkKey.context.length;
    const bytes = this.#file.createReadStream({ start, autoClose: false });
    const chunks = openChunks(this.#chunkKey, bytes, (place) =>
      damaged(this.#options.name, `in part ${place + 1} of its body`),
    );
    return pipeline(Readable.from(chunks), createGunzip({ chunkSize: 256 * 1024 }), () => {});
  }
}

/** Each kind of store counts its own versions; between kinds the columns say what is known. */
function refuseNewerSchema({ name, schema }: ReadOptions, manifest: Manifest): void {
  const { store, schema_version: found } = manifest;
  if (store === schema.storeKind && found > schema.schemaVersion) {
    throw newer(name, manifest, `schema version ${found}`);
  }
}

function refuseOtherRegion({ name, region }: ReadOptions, manifest: Manifest): void {
  if (manifest.region === region) return;
  throw new Error(
    `${name}: a backup of region ${manifest.region}, found --region ${region}; data stays in its ` +
      `region: restore with --region ${manifest.region}, or take another backup.`,
  );
}

function openBackupKey({ name, masterKeys }: ReadOptions, manifest: Manifest): Uint8Array {
  const wrapped = Buffer.from(manifest.backup_key, 'base64');
  if (!masterKeys.has(wrapped)) throw wrongMasterKey(name);
  const key = masterKeys.unwrap(backupKeyPurpose, wrapped);
  if (key === undefined) throw damaged(name, 'in its head');
  return key;
}

function wrongMasterKey(name: string): Error {
  return new Error(
    `${name}: the master key is not one of those that were in use when this backup was made; give ` +
      'the right ones with --master-key-file or BATON_MASTER_KEY, the current one first.',
  );
}
