// Bits of the SQLite file, flipped at random while it is closed: a store never answers wrongly.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Config } from '../../src/config.js';
import type { HandoffName } from '../../src/handoff.js';
import { openStore } from '../../src/store/open.js';
import { databaseFile } from '../../src/store/sqlite/database.js';
import { seededRandom } from '../support/random.js';
import { testConfig } from '../support/test-config.js';

const flips = 1_000;
const stores = 2;
const states = 60;

const made: Config[] = [];
afterAll(() => {
  for (const { dataDir } of made) rmSync(dataDir, { recursive: true });
});

/** A directory of its own, and the master key apart from what is damaged. */
function newPlace(): Config {
  const config = testConfig({ masterKey: 'c0ffee42'.repeat(8) });
  made.push(config);
  return config;
}

interface Kept {
  readonly file: Buffer;
  readonly answers: readonly { tenant: string; name: HandoffName; body: string }[];
}

/** States of a project that hides its names and of one that does not, and all their answers. */
async function fill(config: Config): Promise<Kept> {
  const store = await openStore(config, { role: 'server' });
  const answers: { tenant: string; name: HandoffName; body: string }[] = [];
  for (const hashIds of [false, true]) {
    const project = await store.createProject({ projectSlug: `hashed-${hashIds}`, hashIds });
    const { tenant } = project;
    for (let n = 0; n < states; n++) {
      const [id, sharedId, alias] = [`call-${n}`, `shared-${n}`, `alias-${n}`];
      const write = { id, sharedId, aliases: [alias], ttlSeconds: null };
      const dataText = JSON.stringify({ of: id, text: 'x'.repeat(n * 3) });
      await store.put(project, { ...write, dataText: '{"older":1}' }, {});
      const { answer } = await store.put(project, { ...write, dataText }, {});
      answers.push({ tenant, name: { kind: 'id', value: id }, body: answer.body });
      for (const value of [sharedId, alias]) {
        answers.push({ tenant, name: { kind: 'shared_id', value }, body: answer.body });
      }
    }
  }
  await store.close();
  return { file: readFileSync(databaseFile(config.dataDir)), answers };
}

type Counts = Record<'right' | 'missing' | 'failed' | 'refused', number>;

/** A store that has met damage says so in its answers, too. */
function ignore(): void {}

/** Opens what is in the place and asks for everything that was written. */
async function ask(config: Config, { answers }: Kept, counts: Counts, flip: string): Promise<void> {
  const store = await openStore(config, { role: 'server', onFatal: ignore }).catch(
    (error: unknown) => {
      expect((error as Error).message.length).toBeGreaterThan(10);
    },
  );
  if (store === undefined) {
    counts.refused += 1;
    return;
  }
  for (const { tenant, name, body } of answers) {
    const found = await store.lookUp(tenant, name).catch((error: unknown) => error as Error);
    if (found instanceof Error) counts.failed += 1;
    else if (found.missing !== undefined) counts.missing += 1;
    else {
      expect(`${flip}: ${found.found.body}`).toBe(`${flip}: ${body}`);
      counts.right += 1;
    }
  }
  await store.close();
}

test(`of ${flips} flipped bits none gives a wrong answer`, { timeout: 600_000 }, async () => {
  const random = seededRandom('flipped bits of the SQLite file');
  const first = newPlace();
  const kept = await fill(first);
  const counts = { right: 0, missing: 0, failed: 0, refused: 0 };
  const bits = Array.from({ length: flips }, () => [
    random.below(kept.file.length),
    random.below(8),
  ]);

  const places = [first, ...Array.from({ length: stores - 1 }, newPlace)];
  await Promise.all(
    places.map(async (place) => {
      for (let next = bits.pop(); next !== undefined; next = bits.pop()) {
        const [byte, bit] = next as [number, number];
        const damaged = Buffer.from(kept.file);
        damaged[byte]! ^= 1 << bit;
        replaceDatabase(place, damaged);
        await ask(place, kept, counts, `byte ${byte}, bit ${bit}`);
      }
    }),
  );
  // Each kind of outcome occurs, or the flips do not reach what they should.
  expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(0);
  expect(counts.right).toBeGreaterThan(kept.answers.length * flips * 0.8);
});

/** A store with this file and no log of later writes; its spare room takes long to make. */
function replaceDatabase({ dataDir }: Config, file: Buffer): void {
  for (const name of readdirSync(dataDir)) {
    if (name !== 'ballast') rmSync(join(dataDir, name), { recursive: true });
  }
  writeFileSync(databaseFile(dataDir), file, { mode: 0o600 });
}
