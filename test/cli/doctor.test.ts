// `baton doctor`: what it prints for a sound store and a broken one, and that its cure mends.

import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, cpSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.js';
import { baton, batonJson, newDirectory } from './baton.js';

const directory = newDirectory();
const dataDir = join(directory, 'store');
const store = ['--data-dir', dataDir];
/** Of all the pages of a database, since the command is run for each. */
const pagesTried = 12;
const pageBytes = 4096;

beforeAll(() => batonJson(['init', ...store]));
afterAll(() => rmSync(directory, { recursive: true }));

it('exits 0 for a sound store, a warning included', async () => {
  const { code, output } = await baton(['doctor', ...store]);
  expect(code).toBe(0);
  expect(output).toMatch(/^ok +durability +WAL, synchronous=FULL$/m);
  expect(output).toMatch(/^warning +master key place /m);
});

it('exits 1 for a problem, and prints a command that mends it', async () => {
  chmodSync(dataDir, 0o755);
  const broken = await baton(['doctor', ...store]);
  expect(broken.code).toBe(1);
  expect(broken.output).toMatch(/^problem +directory mode +0755/m);

  const json = await baton(['doctor', '--json', ...store]);
  expect(json.code).toBe(1);
  const findings: { status: string; cure: string }[] = JSON.parse(json.output);
  const problems = findings.filter((finding) => finding.status === 'problem');
  expect(problems).toHaveLength(1);
  expect(broken.output).toContain(`\n         → ${problems[0]!.cure}\n`);

  execFileSync('sh', ['-c', problems[0]!.cure]);
  expect((await baton(['doctor', ...store])).code).toBe(0);
});

it('says how to make a store where there is none', async () => {
  const { code, output } = await baton(['doctor', '--data-dir', join(directory, 'absent')]);
  expect(code).toBe(1);
  expect(output).toContain('→ baton init');
});

describe('in the database', () => {
  const broken = join(directory, 'broken');
  const file = join(broken, 'baton.db');
  beforeEach(() => {
    rmSync(broken, { recursive: true, force: true });
    cpSync(dataDir, broken, { recursive: true });
    // Some versions of Node copy the modes of files alone.
    chmodSync(broken, 0o700);
  });

  it('finds an older schema, and looks no further', async () => {
    change('PRAGMA user_version = 0');
    const cure = `baton migrate --data-dir ${broken}`;
    const { found, others } = await theProblem('schema', cure);
    expect(found).toMatch(/^version 0, this Baton needs \d+$/);
    expect(others).not.toContain('clock');
  });

  it('finds a newer schema, which a newer Baton reads', async () => {
    change('PRAGMA user_version = 999');
    const { found } = await theProblem('schema', expect.stringContaining('git pull'));
    expect(found).toMatch(/^version 999, this Baton knows up to \d+$/);
  });

  it('finds another region', async () => {
    change("UPDATE setting SET value = 'uk-1' WHERE name = 'region'");
    const { found } = await theProblem('region', 'baton serve --region uk-1');
    expect(found).toBe('the store is uk-1, found us-1');
  });

  it('finds a clock that went back, from a minute on', async () => {
    change(lastStartIn(50));
    expect((await baton(['doctor', '--data-dir', broken])).code).toBe(0);
    change(lastStartIn(3600));
    const { found } = await theProblem('clock', 'timedatectl set-ntp true');
    expect(found).toMatch(/^3[56]\d\d s behind the last start$/);
  });

  it('finds a master key that is not the one of this store', async () => {
    const environment = { BATON_MASTER_KEY: 'ab'.repeat(32) };
    const cure = 'baton doctor --master-key-file THE-RIGHT-FILE';
    const { found } = await theProblem('master key', cure, environment);
    expect(found).toBe('not the one of this store');
  });

  it('finds damage on whichever page, and looks no further', async () => {
    const pages = statSync(file).size / pageBytes;
    expect(pages).toBeGreaterThan(pagesTried);
    const random = seededRandom('damaged pages');
    for (let n = 0; n < pagesTried; n++) {
      const page = 1 + random.below(pages - 1);
      cpSync(join(dataDir, 'baton.db'), file);
      overwrite(page, page + 1);
      const cure = `cp -a ${file} ${file}.damaged  # then restore the last backup`;
      const { found, others } = await theProblem('integrity', cure);
      expect(found).toMatch(/^.+$/);
      expect(others).not.toContain('clock');
    }
  });

  it('finds damage to all of it, with which `serve` names this command', async () => {
    overwrite(1, statSync(file).size / pageBytes);
    await theProblem('integrity', expect.stringContaining('restore the last backup'));
    await serveNamesDoctor('SQLITE_CORRUPT');

    overwrite(0, 1);
    await theProblem('database', expect.stringContaining('last backup'));
    await serveNamesDoctor('SQLITE_NOTADB');
  });

  it('is named by a server that meets damage later', async () => {
    // Every start reads the schema and the settings, the first run the projects too.
    for (const page of pagesOf('project')) overwrite(page - 1, page);
    const words = ['serve', '--first-run', '--port', '0', '--data-dir', broken];
    const { code, errors } = await baton(words);
    expect([code, errors]).toEqual([1, expect.stringMatching(/^The store has failed, .+\n$/)]);
    expect(errors).toContain(`\`baton doctor --data-dir ${broken}\` says what to do`);
  });

  /** The only problem that the examination finds, and the names of all other checks. */
  async function theProblem(
    check: string,
    cure: unknown,
    environment: Record<string, string> = {},
  ): Promise<{ found: string; others: string[] }> {
    const words = ['doctor', '--json', '--data-dir', broken];
    const { code, output, errors } = await baton(words, { environment });
    expect([code, errors]).toEqual([1, '']);
    const findings: { check: string; status: string; found: string }[] = JSON.parse(output);
    const [problem, ...more] = findings.filter(({ status }) => status === 'problem');
    expect(problem).toMatchObject({ check, cure });
    expect(more).toEqual([]);
    const others = findings.filter((finding) => finding !== problem);
    return { found: problem!.found, others: others.map((finding) => finding.check) };
  }

  async function serveNamesDoctor(code: string): Promise<void> {
    const served = await baton(['serve', '--port', '0', '--data-dir', broken]);
    const cure = `\`baton doctor --data-dir ${broken}\` says what to do.`;
    const sentence = `The database ${file} cannot be read (${code}); ${cure}\n`;
    expect([served.code, served.errors]).toEqual([1, sentence]);
  }

  /** Counted from 1. */
  function change(sql: string): void {
    const database = new Database(file);
    database.exec(sql);
    database.close();
  }

  /** The first pages of a table and its indexes, counted from 1. */
  function pagesOf(table: string): number[] {
    const database = new Database(file);
    const rows = database
      .prepare('SELECT rootpage FROM sqlite_master WHERE tbl_name = ?')
      .all(table);
    database.close();
    return (rows as { rootpage: number }[])
      .map(({ rootpage }) => rootpage)
      .filter((page) => page > 0);
  }

  function overwrite(fromPage: number, toPage: number): void {
    const descriptor = openSync(file, 'r+');
    const bytes = Buffer.alloc((toPage - fromPage) * pageBytes, 0xa5);
    writeSync(descriptor, bytes, 0, bytes.length, fromPage * pageBytes);
    closeSync(descriptor);
  }
});

function lastStartIn(seconds: number): string {
  return `UPDATE setting SET value = ${Date.now() + seconds * 1000} WHERE name = 'opened_at'`;
}
