// What a disk holds of a directory after a power loss, by the system calls that came before it.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SystemCall } from './strace-log.js';

/** Neither holds anything: the one is an index of the WAL, made anew, the other spare room. */
const unrecorded = ['baton.db-shm', 'ballast'];

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** The content of a file or directory, whatever it is called. */
interface Content {
  synced: Buffer;
  /** Later than what is synced, in their order. */
  changes: Change[];
  length: number;
  syncs: number;
}

/** Takes POSIX by its word: only what was fsynced stays, the names in a directory included. */
export class RecordedDisk {
  readonly #directory: string;
  readonly #names = new Map<string, Content>();
  #syncedNames = new Map<string, Content>();
  /** Syncs under way, by thread: what they will have made safe when they end. */
  readonly #syncing = new Map<string, () => void>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  record(call: SystemCall): void {
    if (call.name === 'fsync' || call.name === 'fdatasync') {
      if (call.moment !== 'end') this.#syncing.set(call.thread, this.#beginSync(call.open));
      if (call.returned === 0) this.#syncing.get(call.thread)?.();
    } else if (call.returned !== undefined && call.returned >= 0) this.#change(call);
  }

  /** How often the file of this name was synced. */
  syncsOf(name: string): number {
    return this.#names.get(join(this.#directory, name))?.syncs ?? 0;
  }

  /**
   * Makes `target` the directory as it would be after a power loss now; only spare room stays as
   * it is. `survives` says of each change that was not synced whether it got there all the same.
   */
  restore(target: string, survives: () => boolean): void {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(target)) {
      if (!unrecorded.includes(name)) rmSync(join(target, name));
    }
    if (!this.#syncedNames.has(this.#directory)) return;
    for (const [path, content] of this.#syncedNames) {
      if (dirname(path) !== this.#directory) continue;
      const changes = content.changes.filter(() => survives());
      writeFileSync(join(target, basename(path)), applied(content.synced, changes));
    }
  }

  #beginSync(path: string): () => void {
    const content = this.#names.get(path);
    const count = content?.changes.length ?? 0;
    const names = [...this.#names].filter(([name]) => dirname(name) === path);
    return () => {
      const others = [...this.#syncedNames].filter(([name]) => dirname(name) !== path);
      const isDirectory = path === this.#directory || path === dirname(this.#directory);
      if (isDirectory) this.#syncedNames = new Map([...others, ...names]);
      if (content === undefined) return;
      content.synced = applied(content.synced, content.changes.splice(0, count));
      content.syncs++;
    };
  }

  #change(call: SystemCall): void {
    const path = call.open === '' ? call.texts[0]?.toString() : call.open;
    if (path === undefined || !this.#isRecorded(path)) return;
    const content = this.#names.get(path);

    if (call.name === 'mkdir') this.#names.set(path, emptyContent());
    else if (call.name.startsWith('unlink')) this.#names.delete(path);
    else if (call.name.startsWith('link')) this.#names.set(call.texts[1]!.toString(), content!);
    else if (call.name.startsWith('open')) {
      if (content === undefined && call.words.includes('O_CREAT')) {
        this.#names.set(path, emptyContent());
      } else if (call.words.includes('O_TRUNC')) add(content!, { length: 0 });
    } else if (call.name === 'ftruncate') add(content!, { length: lastNumber(call) });
    else if (call.name === 'pwrite64')
      add(content!, { at: lastNumber(call), bytes: bytesOf(call) });
    else if (call.name === 'write') add(content!, { at: content!.length, bytes: bytesOf(call) });
    else throw new Error(`The replay of a power loss cannot follow ${call.name}.`);
  }

  #isRecorded(path: string): boolean {
    if (unrecorded.includes(basename(path))) return false;
    return path === this.#directory || dirname(path) === this.#directory;
  }
}

function emptyContent(): Content {
  return { synced: Buffer.alloc(0), changes: [], length: 0, syncs: 0 };
}

function add(content: Content, change: Change): void {
  content.changes.push(change);
  content.length = lengthAfter(content.length, change);
}

function lengthAfter(length: number, change: Change): number {
  return 'length' in change ? change.length : Math.max(length, change.at + change.bytes.length);
}

function applied(before: Buffer, changes: readonly Change[]): Buffer {
  let length = before.length;
  const lengthMax = Math.max(
    length,
    ...changes.map((change) => (length = lengthAfter(length, change))),
  );
  const after = Buffer.alloc(lengthMax);
  before.copy(after);
  for (const change of changes) {
    if ('length' in change) after.fill(0, change.length);
    else change.bytes.copy(after, change.at);
  }
  return after.subarray(0, length);
}

function bytesOf(call: SystemCall): Buffer {
  if (call.isCut) throw new Error(`A ${call.name} was not recorded whole.`);
  return call.texts[0]!.subarray(0, call.returned);
}

function lastNumber({ words }: SystemCall): number {
  return Number(/(\d+)$/.exec(words)![1]);
}
