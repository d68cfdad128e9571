// Where the master keys come from: the environment, a command, a file; a file is made where it may be.

import { type StdioOptions, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MasterKeys, newMasterKeyText, parseMasterKey, splitMasterKeys } from './master-key.js';
import { syncDirectory } from './sync-directory.js';

const commandMsMax = 10_000;
const masterKeysMax = 10;
/** How often a key file that cannot be read is read again, and how long to wait between. */
const unfinishedReads = 10;
const unfinishedReadMs = 5;

export interface MasterKeySource {
  /** The keys themselves, separated by white space or commas; the first one is current. */
  readonly masterKey: string | null;
  /** A shell command that prints them. */
  readonly masterKeyCommand: string | null;
  readonly masterKeyFile: string | null;
  readonly dataDir: string;
  /** With a database no file is looked for in the data directory. */
  readonly databaseUrl: string | null;
}

/** Where the key file stands that is made where none is given. */
export function defaultMasterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/** The file that the keys are read from; undefined where they come from elsewhere. */
export function masterKeyFileOf(source: MasterKeySource): string | undefined {
  if (source.masterKey !== null || source.masterKeyCommand !== null) return undefined;
  if (source.masterKeyFile !== null) return source.masterKeyFile;
  return source.databaseUrl === null ? defaultMasterKeyFile(source.dataDir) : undefined;
}

/**
 * The master keys that are given, or those of the data directory; they are made there (mode 0600)
 * where `create` says so. `madeFile` names the file that they were made in.
 */
export function readMasterKeys(
  source: MasterKeySource,
  create: boolean,
): { keys: MasterKeys; madeFile?: string } {
  if (source.masterKey !== null) return { keys: keysOf(source.masterKey, 'BATON_MASTER_KEY') };
  if (source.masterKeyCommand !== null) {
    const name = 'the output of BATON_MASTER_KEY_COMMAND';
    return { keys: keysOf(outputOf(source.masterKeyCommand), name) };
  }
  const file = masterKeyFileOf(source);
  if (file === undefined) {
    throw new Error(
      'A store in PostgreSQL needs the master key that all its nodes share, found none; make it ' +
        'once with `openssl rand -hex 32`, and give it with --master-key-file, BATON_MASTER_KEY or ' +
        'BATON_MASTER_KEY_COMMAND.',
    );
  }
  const isMade = source.masterKeyFile === null && create && !existsSync(file);
  if (isMade) makeKeyFile(file);
  if (!existsSync(file)) {
    throw new Error(
      `The master key file ${file} is missing; put it back, or name it with --master-key-file.`,
    );
  }
  const keys = keysOf(readFileSync(file, 'utf8'), file);
  return isMade ? { keys, madeFile: file } : { keys };
}

/** Puts a new key before those of the file, in one step, and keeps the old ones. */
export function addMasterKey(file: string): void {
  // What stands behind a link is replaced, and not the link.
  const place = realpathSync(file);
  const text = readFileSync(place, 'utf8');
  if (splitMasterKeys(text).length >= masterKeysMax) {
    throw new Error(
      `The master key file ${file} has ${masterKeysMax} keys already; remove the last lines, ` +
        'which wrap nothing any more, and rotate again.',
    );
  }
  const unfinished = `${place}.${process.pid}`;
  const { mode, uid, gid } = statSync(place);
  try {
    writeFileSync(unfinished, `${newMasterKeyText()}\n${text}`, { mode: 0o600, flush: true });
    // The server reads it as before, whoever rotates.
    if (uid !== process.getuid?.() || gid !== process.getgid?.()) chownSync(unfinished, uid, gid);
    chmodSync(unfinished, mode & 0o777);
    renameSync(unfinished, place);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Error(
      `The master key file ${file} cannot be changed (${(error as NodeJS.ErrnoException).code}); ` +
        'put the output of `openssl rand -hex 32` before its first line, and rotate again.',
      { cause: error },
    );
  }
  syncDirectory(dirname(place));
}

/** Whole or not at all, and never over another: a start may be killed, and two may meet. */
function makeKeyFile(file: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${newMasterKeyText()}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(unfinished, file);
    syncDirectory(dirname(file));
  } finally {
    rmSync(unfinished);
  }
}

function outputOf(command: string): string {
  // A process group of its own, to end all that it has started.
  const options = { encoding: 'utf8', timeout: commandMsMax, detached: true } as const;
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  const { pid, status, signal, error, stdout } = spawnSync('/bin/sh', ['-c', command], {
    ...options,
    stdio,
  });
  if (error === undefined && status === 0) return stdout;
  if (error !== undefined && pid > 0) endGroup(pid);
  const ending = status === null ? `by ${signal ?? error?.message}` : `with ${status}`;
  throw new Error(
    `BATON_MASTER_KEY_COMMAND ended ${ending}; it must print the master key within ` +
      `${commandMsMax / 1000} seconds and end with 0.`,
  );
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function keysOf(text: string, source: string): MasterKeys {
  const keys = splitMasterKeys(text).map(parseMasterKey);
  const isGood = keys.length <= masterKeysMax && !keys.includes(undefined);
  if (isGood) return new MasterKeys(keys as Uint8Array[]);
  throw new Error(
    `The master key of ${source} is not 64 hex digits or 32 bytes of base64; give one as ` +
      `\`openssl rand -hex 32\` makes it, or up to ${masterKeysMax} of them, a line each, the ` +
      'current one first.',
  );
}

/**
 * The master keys of a running process: their file is read again where a key is missing, and has
 * changed since. Nothing has to be told to a server when master keys change.
 */
export class MasterKeyRing {
  readonly source: MasterKeySource;
  readonly #file: string | undefined;
  #keys: MasterKeys;
  #readState: string | undefined;

  constructor(source: MasterKeySource, keys: MasterKeys) {
    this.source = source;
    this.#file = masterKeyFileOf(source);
    this.#keys = keys;
    this.#readState = this.#stateOfFile();
  }

  get keys(): MasterKeys {
    return this.#keys;
  }

  /** The keys, with the one that wrapped this, if it is to be had. */
  keysFor(wrapped: Uint8Array): MasterKeys {
    if (this.#keys.has(wrapped)) return this.#keys;
    const state = this.#stateOfFile();
    if (state !== this.#readState) {
      this.#readState = state;
      this.#keys = this.#readAgain();
    }
    return this.#keys;
  }

  /**
   * An editor may be half-way through writing the file: it has some milliseconds to finish. After
   * that the file is read at its next change.
   */
  #readAgain(): MasterKeys {
    for (let left = unfinishedReads; ; left--) {
      try {
        return readMasterKeys(this.source, false).keys;
      } catch (error) {
        if (left === 0) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, unfinishedReadMs);
      }
    }
  }

  /** Another text after each change. */
  #stateOfFile(): string | undefined {
    if (this.#file === undefined) return undefined;
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
  }
}
