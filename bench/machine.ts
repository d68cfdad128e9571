// The machine that is measured on: its cores, which of them is the server's, and how it is described.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';

export interface Machine {
  /** The core of whatever is measured; undefined where nothing can be pinned. */
  readonly serverCore: number | undefined;
  /** The cores of a database beside it: those that neither it nor the load has, if there are any. */
  readonly databaseCores: readonly number[];
  readonly description: ReturnType<typeof describe>;
}

const tmpfsType = 0x01021994;

/**
 * Moves this process, and with it every load generator, to a core beside the server's: one, however
 * many there are, so that the figures are those of a machine with two. A generator that sleeps on
 * many cores is woken at the cost of the server's.
 */
export function prepareMachine(): Machine {
  const cores = isInstalled('taskset') ? allowedCores() : [];
  const serverCore = cores.length > 1 ? cores.at(-1) : undefined;
  const loadCore = cores.at(-2);
  if (loadCore !== undefined) {
    const pid = String(process.pid);
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(loadCore), pid]);
  }
  const free = cores.slice(0, -2);
  const databaseCores = free.length > 0 ? free : cores.slice(0, 1);
  return { serverCore, databaseCores, description: describe(serverCore) };
}

export function isInstalled(command: string): boolean {
  return spawnSync('which', [command], { stdio: 'ignore' }).status === 0;
}

function describe(serverCore: number | undefined) {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    pinned: serverCore !== undefined,
    temporaryFilesInMemory: statfsSync(tmpdir()).type === tmpfsType,
  };
}

/** The cores that this process may use, from a list such as `0-2,5`. */
function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
}
