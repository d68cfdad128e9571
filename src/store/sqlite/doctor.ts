// Looks for what can be wrong with a SQLite store, a server running on it or not.

import { existsSync, statfsSync } from 'node:fs';
import { masterKeyFileOf } from '../../master-key-source.js';
import { examineFileMode } from '../file-mode.js';
import { type Finding, ok, problem, warning } from '../finding.js';
import type { StoreConfig } from '../open.js';
import type { OnProgress } from '../record-examination.js';
import { databaseFile } from './database.js';
import { examineDatabase } from './doctor-database.js';

const mebibyte = 1024 ** 2;
/** Below this a warning, and below the second a problem. */
const freeBytesWanted = 1024 * mebibyte;
const freeBytesNeeded = 64 * mebibyte;

/** Magic numbers of file systems over a network (statfs(2)), where locks and fsync are not safe. */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/** Every check of the store that the configuration names, those that went well included. */
export function examine(config: StoreConfig, onProgress: OnProgress): Finding[] {
  const { dataDir } = config;
  const file = databaseFile(dataDir);
  if (!existsSync(file)) {
    return [problem('store', `none in ${dataDir}`, `baton init --data-dir ${dataDir}`)];
  }
  return [
    examineFileMode('directory mode', dataDir, 0o700),
    examineFileMode('database mode', file, 0o600),
    ...examineMasterKeyFile(config),
    examineFreeSpace(dataDir),
    examineFileSystem(dataDir),
    ...examineDatabase(config, file, onProgress),
  ];
}

function examineMasterKeyFile(config: StoreConfig): Finding[] {
  const file = masterKeyFileOf(config);
  if (file === undefined) {
    const isGiven = config.masterKey !== null;
    const variable = isGiven ? 'BATON_MASTER_KEY' : 'BATON_MASTER_KEY_COMMAND';
    return [ok('master key place', `from ${variable}`)];
  }
  if (!existsSync(file)) {
    return [
      problem('master key', `${file} is missing`, `cp YOUR-COPY ${file} && chmod 600 ${file}`),
    ];
  }
  const place =
    config.masterKeyFile === null
      ? warning(
          'master key place',
          'beside the data: whoever copies the directory has both',
          `mv ${file} /etc/baton/master.key  # then start with --master-key-file`,
        )
      : ok('master key place', 'apart from the data');
  return [examineFileMode('master key mode', file, 0o600), place];
}

function examineFreeSpace(dataDir: string): Finding {
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  const found = `${Math.floor(free / mebibyte)} MiB free`;
  const cure = `df -h ${dataDir}  # make room, or move the data directory to a larger disk`;
  if (free < freeBytesNeeded) return problem('disk space', found, cure);
  return free < freeBytesWanted ? warning('disk space', found, cure) : ok('disk space', found);
}

function examineFileSystem(dataDir: string): Finding {
  const name = networkFileSystems.get(statfsSync(dataDir).type >>> 0);
  if (name === undefined) return ok('file system', 'local');
  return problem(
    'file system',
    `${name}: what is acknowledged there may be lost`,
    'baton serve --data-dir A-LOCAL-DIRECTORY',
  );
}
