// How a store is opened on a full disk or a damaged one: with the spare room, or with a cure told.

import { Ballast } from './ballast.js';
import { databaseFile } from './database.js';
import { codeOf, isDamage, isFull } from './failure.js';

/**
 * Opens once more, in the room of the ballast, where the disk is full: look-ups and erasure are to
 * work there. What fails even so is told in one sentence with its cure. `open` must leave nothing
 * open where it throws.
 */
export async function openWithSpareRoom<Opened>(
  dataDir: string,
  open: () => Opened | Promise<Opened>,
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (!isFull(error)) throw withCure(error, dataDir);
  }
  new Ballast(dataDir).release();
  try {
    return await open();
  } catch (error) {
    throw withCure(error, dataDir);
  }
}

export function withCure(error: unknown, dataDir: string): unknown {
  if (isFull(error)) {
    return new Error(
      `The disk of the data directory ${dataDir} is full (${codeOf(error)}), its spare room is ` +
        `used up; make room there, see \`df -h ${dataDir}\`, and start again.`,
      { cause: error },
    );
  }
  // An error of SQLite in the writer thread arrives as an object with its code alone.
  if (isDamage(error) || !(error instanceof Error)) {
    return new Error(
      `The database ${databaseFile(dataDir)} cannot be read (${codeOf(error)}); ` +
        `\`baton doctor --data-dir ${dataDir}\` says what to do.`,
      { cause: error },
    );
  }
  return error;
}
