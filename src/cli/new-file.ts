// Writes a file that is there whole or not at all, for its owner only.

import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncDirectory } from '../sync-directory.js';

/** Writes to `FILE.partial` until all is on the disk; a file of this name is replaced then. */
export async function writeNewFile(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const partial = `${path}.partial`;
  const file = await openNew(partial).catch((error: unknown) => unwritten(path, error));
  try {
    for await (const part of bytes) {
      await file.writeFile(part).catch((error: unknown) => unwritten(path, error));
    }
    await file.sync();
    if (!(await isStill(partial, file))) {
      throw new Error(`${partial} was replaced by another process: let one write it at a time.`);
    }
    await rename(partial, path).catch((error: unknown) => unwritten(path, error));
    syncDirectory(dirname(resolve(path)));
  } catch (error) {
    if (await isStill(partial, file)) await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function openNew(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  return open(path, 'wx', 0o600);
}

function unwritten(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const message = `FILE: the system could not write ${path} (${code}); make room or name another.`;
  throw new Error(message, { cause: error });
}

async function isStill(path: string, file: FileHandle): Promise<boolean> {
  const named = await stat(path).catch(() => undefined);
  const opened = await file.stat();
  return named?.ino === opened.ino && named.dev === opened.dev;
}
