// Makes the database of a running server unreadable, as a failing disk does, and whole again.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const pageBytes = 4096;

/** Overwrites every page but the first; gives what puts the file back as it was. */
export function damageDatabase(dataDir: string): () => void {
  const file = join(dataDir, 'baton.db');
  const whole = readFileSync(file);
  write(file, Buffer.alloc(whole.length - pageBytes, 0xa5));
  return () => write(file, whole.subarray(pageBytes));
}

function write(file: string, pages: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, pages, 0, pages.length, pageBytes);
  closeSync(descriptor);
}
