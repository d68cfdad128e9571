// A file of spare room: given back when the disk is full, so that erasure and purge still work.

import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const ballastBytes = 8 * 1024 * 1024;

export class Ballast {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'ballast');
  }

  /** Gives the room back to the file system. */
  release(): void {
    rmSync(this.#file, { force: true });
  }

  /** Takes the room again; false where there is not enough. */
  take(): boolean {
    if (statSync(this.#file, { throwIfNoEntry: false })?.size === ballastBytes) return true;
    try {
      this.#fill();
      return true;
    } catch {
      this.release();
      return false;
    }
  }

  #fill(): void {
    const descriptor = openSync(this.#file, 'w', 0o600);
    try {
      // Written, not only set to a length: holes take no room.
      const zeros = Buffer.alloc(1024 * 1024);
      for (let at = 0; at < ballastBytes; at += writeSync(descriptor, zeros, 0, zeros.length, at));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
