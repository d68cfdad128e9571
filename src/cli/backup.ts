// `baton backup`: writes all that a store holds to one sealed file, while servers go on.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Config } from '../config.js';
import { readMasterKeys } from '../master-key-source.js';
import { UsageError } from '../read-config.js';
import type { Manifest } from '../store/backup/manifest.js';
import { writeBackup } from '../store/backup/write.js';
import { readStore } from '../store/open.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { writeNewFile } from './new-file.js';
import { operand, readText, toggle } from './option.js';
import { printJson, type Terminal } from './terminal.js';

interface Written {
  readonly manifest: Manifest;
  readonly size: number;
  /** Of the file. */
  readonly sha256: string;
}

export function addBackupCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'backup',
      summary: 'write all that the store holds to a sealed file',
      notes:
        'Servers go on meanwhile; every write that was acknowledged before it began is in it.\n' +
        'The file opens with the master key alone: keep a copy of that, and keep it elsewhere.',
      options: {
        file: operand('FILE', 'the file to write; -: standard output', readText),
        json: toggle('print JSON'),
      },
      takes: 'store',
    },
    async ({ file, json }, { config }, terminal) => {
      refuseMixed(file, json, terminal);
      const written = await backUp(config, file, terminal);
      if (json) return printJson(terminal, membersOf(written));
      const { manifest, size, sha256 } = written;
      const tell = file === '-' ? terminal.tell : terminal.print;
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      const name = file === '-' ? 'standard output' : file;
      tell(`Backed up ${rows} rows to ${name}: ${size} bytes, SHA-256 ${sha256}.`);
    },
  );
}

function refuseMixed(file: string, json: boolean, { output }: Terminal): void {
  if (file !== '-') return;
  if (json) throw new UsageError(['--json: found FILE -, the same output; give a file.']);
  if (output.isTTY) {
    throw new UsageError([
      'FILE: found - and a terminal; give a file, or a pipe to another program.',
    ]);
  }
}

function backUp(config: Config, file: string, terminal: Terminal): Promise<Written> {
  const masterKeys = readMasterKeys(config, false).keys;
  return readStore(config, async (snapshot) => {
    const { manifest, bytes } = await writeBackup(snapshot, {
      masterKeys,
      onProgress: (done, all) => terminal.progress('backing up', done, all),
    });
    const digest = createHash('sha256');
    let size = 0;
    const counted = async function* () {
      for await (const part of bytes) {
        digest.update(part);
        size += part.length;
        yield part;
      }
    };
    if (file === '-') await writeOut(terminal.output, counted());
    else await writeNewFile(file, counted());
    return { manifest, size, sha256: digest.digest('hex') };
  });
}

async function writeOut(
  output: NodeJS.WriteStream,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const part of bytes) if (!output.write(part)) await once(output, 'drain');
}

function membersOf({ manifest, size, sha256 }: Written): object {
  return { ...manifestMembers(manifest), file: { bytes: size, sha256 } };
}

/** What `--json` says of a backup. */
export function manifestMembers(manifest: Manifest): object {
  const { baton_version, store, schema_version, region, created_at, tables } = manifest;
  const rows = Object.fromEntries(tables.map(({ name, rows: count }) => [name, count]));
  return { baton_version, store, schema_version, region, created_at, rows };
}
