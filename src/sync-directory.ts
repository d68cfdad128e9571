// Makes the names in a directory safe from a power loss: a file's own fsync does not do that.

import { closeSync, fsyncSync, openSync } from 'node:fs';

export function syncDirectory(directory: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(directory, 'r');
  } catch {
    // A directory that may not be read, or a system that opens none, leaves nothing to sync.
    return;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
