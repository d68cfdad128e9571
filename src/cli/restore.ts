// `baton restore`: fills an empty store from a backup, after all of it was found sound.

import { type FileHandle, open } from 'node:fs/promises';
import type { Config } from '../config.js';
import { readMasterKeys } from '../master-key-source.js';
import type { Manifest } from '../store/backup/manifest.js';
import { BackupReader, type Batch } from '../store/backup/read.js';
import { fillStore, newestSchema } from '../store/open.js';
import { manifestMembers } from './backup.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { operand, readText, toggle } from './option.js';
import { printJson, type Terminal } from './terminal.js';

export function addRestoreCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'restore',
      summary: 'fill an empty store from a backup',
      notes:
        'Reads the file twice: it is checked to its end before anything is written. Refuses a store\n' +
        'that a server holds or that something is in; whatever fails, the store stays empty.',
      options: {
        file: operand('FILE', 'the file that `baton backup` wrote', readText),
        json: toggle('print JSON'),
      },
      takes: 'store',
    },
    async ({ file, json }, { config }, terminal) => {
      const { manifest, rows } = await restore(config, file, terminal);
      if (json) return printJson(terminal, manifestMembers(manifest));
      terminal.print(`Restored ${rows} rows of ${manifest.created_at} from ${file}.`);
    },
  );
}

async function restore(
  config: Config,
  path: string,
  terminal: Terminal,
): Promise<{ manifest: Manifest; rows: number }> {
  const file = await openFile(path);
  try {
    const backup = await BackupReader.open(file, {
      name: path,
      region: config.region,
      masterKeys: readMasterKeys(config, false).keys,
      schema: newestSchema(config),
    });
    await eachBatch(backup, 'checking', terminal, async () => {});
    await fillStore(config, async (store) => {
      await eachBatch(backup, 'restoring', terminal, ({ table, rows }) =>
        store.insert(table, rows),
      );
    });
    return { manifest: backup.manifest, rows: backup.rowCount };
  } finally {
    await file.close();
  }
}

async function eachBatch(
  backup: BackupReader,
  what: string,
  terminal: Terminal,
  work: (batch: Batch) => Promise<void>,
): Promise<void> {
  let done = 0;
  for await (const batch of backup.batches()) {
    await work(batch);
    done += batch.rows.length;
    terminal.progress(what, done, backup.rowCount);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, 'r').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const message = `FILE: the system could not read it (${code}); give a file of \`baton backup\`.`;
    throw new Error(message, { cause: error });
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(
    'FILE: found no plain file, and it is read twice; save it to one, and give that.',
  );
}
