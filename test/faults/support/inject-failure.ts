// Lets system calls of a running server fail, as a broken disk does.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Lets one call fail with EIO: of all syncs from now on the one with this number, of the given
 * files only. Those after it succeed, as they do on a real disk. Resolves when this is in force.
 */
export async function failSync(
  pid: number,
  failure: { number: number; files: readonly string[] },
): Promise<void> {
  const files = failure.files.flatMap((file) => ['-P', file]);
  const injected = `inject=fsync,fdatasync:error=EIO:when=${failure.number}`;
  const strace = spawn(
    'strace',
    ['-f', '-p', String(pid), ...files, '-e', 'trace=fsync,fdatasync', '-e', injected],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let told = '';
  strace.stderr.setEncoding('utf8');
  while (!told.includes(' attached')) {
    const [part] = (await once(strace.stderr, 'data')) as [string];
    told += part;
  }
  strace.stderr.resume();
}
