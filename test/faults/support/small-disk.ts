// A disk of its own for a test, small enough to be filled.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/test-config.js';

export interface SmallDisk {
  /** Where it is mounted. */
  readonly directory: string;
  /** Takes room away until this many bytes are left; given again, takes what was freed since. */
  fillUp(bytesLeft: number): void;
  /** Takes away the room for one more file. */
  takeLastFiles(): void;
  /** Gives back what was taken. */
  makeRoom(): void;
  remove(): void;
}

const pageBytes = 4096;

export function smallDisk(mebibytes: number): SmallDisk {
  const directory = temporaryDirectory();
  const size = `size=${mebibytes}m,nr_inodes=100`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', directory]);
  const fillers = join(directory, 'fillers');
  const filler = join(fillers, 'large');
  mkdirSync(fillers);
  return {
    directory,
    fillUp(bytesLeft) {
      const { bavail, bsize } = statfsSync(directory);
      const pages = Math.floor((bavail * bsize - bytesLeft) / pageBytes);
      const descriptor = openSync(filler, 'a');
      try {
        for (let page = 0; page < pages; page++) writeSync(descriptor, Buffer.alloc(pageBytes));
      } catch (error) {
        // The server has taken the rest meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(descriptor);
      }
    },
    takeLastFiles() {
      for (let files = statfsSync(directory).ffree; files > 0; files--) {
        writeFileSync(join(fillers, `small-${files}`), '');
      }
    },
    makeRoom() {
      for (const name of readdirSync(fillers)) rmSync(join(fillers, name));
    },
    remove() {
      execFileSync('umount', [directory]);
      rmSync(directory, { recursive: true });
    },
  };
}
