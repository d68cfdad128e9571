// Where the master keys come from: the environment, a command, a file; a file is made where it may be.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readFileSync,
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
      'A PostgreSQL store needs a master key; give one with --master-key-file, BATON_MASTER_KEY or ' +
        'BATON_MASTER_KEY_COMMAND, as `openssl rand -hex 32` makes it.',
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
  const unfinished = `${file}.${process.pid}`;
  const text = `${newMasterKeyText()}\n${readFileSync(file, 'utf8')}`;
  writeFileSync(unfinished, text, { mode: 0o600, flush: true });
  renameSync(unfinished, file);
  syncDirectory(dirname(file));
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
  const { status, signal, stdout } = spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    timeout: commandMsMax,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  const ending = status === null ? `by ${signal ?? 'its time limit'}` : `with ${status}`;
  throw new Error(
    `BATON_MASTER_KEY_COMMAND ended ${ending}; it must print the master key within ` +
      `${commandMsMax / 1000} seconds and end with 0.`,
  );
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

/** The master keys of a running process: read again when their file has changed. */
export class MasterKeyRing {
  readonly #source: MasterKeySource;
  readonly #file: string | undefined;
  #keys: MasterKeys;
  #readAt: number | undefined;

  constructor(source: MasterKeySource, keys: MasterKeys) {
    this.#source = source;
    this.#file = masterKeyFileOf(source);
    this.#keys = keys;
    this.#readAt = this.#changedAt();
  }

  get keys(): MasterKeys {
    return this.#keys;
  }

  /** Whether there are other keys now. Throws where the file is there and cannot be used. */
  refresh(): boolean {
    const changedAt = this.#changedAt();
    if (changedAt === undefined || changedAt === this.#readAt) return false;
    this.#readAt = changedAt;
    this.#keys = readMasterKeys(this.#source, false).keys;
    return true;
  }

  #changedAt(): number | undefined {
    if (this.#file === undefined) return undefined;
    return statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs;
  }
}
