// Readers and writers at once: a look-up never shows anything older than it must, by any name.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HandoffName } from '../../src/handoff.js';
import { newProject, type Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { seededRandom } from '../support/random.js';
import { makePlace, type StorePlace } from '../support/store-place.js';
import { RegisterHistory } from './register-history.js';

const durationMs = 2_500;
const extraMsMax = 60_000;
const readers = 4;
const lookUpsAtOnce = 12;

let place: StorePlace;
let store: Store;
let project: Project;
beforeEach(async () => {
  place = await makePlace();
  store = await place.open();
  project = newProject({ projectSlug: 'one' }, 'us-1', Date.now());
  await store.initialise(project, []);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

function namesOf(id: string): HandoffName[] {
  const shared = [`${id}-shared`, `${id}-a`, `${id}-b`, `${id}-c`];
  return [
    { kind: 'id', value: id },
    ...shared.map((value) => ({ kind: 'shared_id', value }) as const),
  ];
}

test('no look-up goes back behind what was acknowledged or shown before it began', async () => {
  const random = seededRandom('look-ups among writes');
  const until = performance.now() + durationMs;
  const registers = ['one', 'two', 'three'].map((id) => ({ id, history: new RegisterHistory() }));
  const sum = (count: (history: RegisterHistory) => number) =>
    registers.reduce((total, { history }) => total + count(history), 0);
  const counts = () => ({
    writes: sum(({ writes }) => writes),
    lookUps: sum(({ lookUps }) => lookUps),
    early: sum(({ early }) => early),
  });
  /** The moment that the test is about has to be met, which takes longer on a busy machine. */
  const isEnough = () => {
    const { writes, lookUps, early } = counts();
    return writes > 50 && lookUps > 1_000 && early > 0;
  };
  const goesOn = () => {
    const beyond = performance.now() - until;
    return beyond < 0 || (beyond < extraMsMax && !isEnough());
  };

  const writing = registers.map(async ({ id, history }) => {
    const [, shared, ...aliases] = namesOf(id).map(({ value }) => value);
    const write = { id, sharedId: shared!, aliases, ttlSeconds: null };
    let isThere = false;
    for (let n = 1; goesOn(); n++) {
      const kind: number = isThere ? random.below(6) : 0;
      const name = namesOf(id)[random.below(5)]!;
      const acknowledge = history.begin(kind === 1 ? null : n);
      if (kind === 1) await store.erase(project, name, {});
      else if (kind === 2) {
        await store.patch(project, name, { dataPatchText: `{"n":${n}}` }, {});
      } else await store.put(project, { ...write, dataText: `{"n":${n}}` }, {});
      acknowledge();
      isThere = kind !== 1;
    }
  });
  const reading = Array.from({ length: readers }, async () => {
    while (goesOn()) {
      // Several in one turn of the event loop, by different names: between them nothing that the
      // writer has committed can have been told to this thread.
      for (let n = 0; n < lookUpsAtOnce; n++) {
        const { id, history } = registers[random.below(registers.length)]!;
        const name = namesOf(id)[random.below(5)]!;
        await history.check(`${name.kind} ${name.value}`, () => store.lookUp(project.tenant, name));
      }
      await new Promise(setImmediate);
    }
  });
  await Promise.all([...writing, ...reading]);

  console.log('look-ups among writes:', counts());
  expect(isEnough()).toBe(true);
});

test('the version of an id that many write never goes back, by whatever name', async () => {
  const random = seededRandom('many writers');
  const until = performance.now() + durationMs;
  const ids = ['one', 'two'];
  const highest = new Map(ids.map((id) => [id, 0]));
  const raise = (id: string, etag: string) => {
    const version = Number(etag.slice(1, -1));
    highest.set(id, Math.max(highest.get(id)!, version));
    return version;
  };

  const writing = Array.from({ length: 8 }, async () => {
    while (performance.now() < until) {
      const id = ids[random.below(ids.length)]!;
      const [, shared, ...aliases] = namesOf(id).map(({ value }) => value);
      const write = { id, sharedId: shared!, aliases, dataText: '{}', ttlSeconds: null };
      const { answer } = await store.put(project, write, {});
      raise(id, answer.etag);
    }
  });
  const reading = Array.from({ length: readers }, async () => {
    while (performance.now() < until) {
      for (let n = 0; n < lookUpsAtOnce; n++) {
        const id = ids[random.below(ids.length)]!;
        const name = namesOf(id)[random.below(5)]!;
        const least = highest.get(id)!;
        const { found } = await store.lookUp(project.tenant, name);
        if (found === undefined) expect(least).toBe(0);
        else expect(raise(id, found.etag)).toBeGreaterThanOrEqual(least);
      }
      await new Promise(setImmediate);
    }
  });
  await Promise.all([...writing, ...reading]);
  for (const version of highest.values()) expect(version).toBeGreaterThan(50);
});

test('a shared id that wanders from id to id is found at every moment', async () => {
  const name = { kind: 'shared_id', value: 'wandering' } as const;
  const write = { sharedId: name.value, aliases: [], dataText: '{}', ttlSeconds: null };
  await store.put(project, { ...write, id: 'owner-0' }, {});
  const written = { owner: 0, isOver: false };
  const writing = (async () => {
    for (let n = 1; n <= 500; n++) {
      await store.put(project, { ...write, id: `owner-${n}` }, {});
      written.owner = n;
    }
    written.isOver = true;
  })();
  let latest = 0;
  while (!written.isOver) {
    const least = Math.max(written.owner, latest);
    const { found } = await store.lookUp(project.tenant, name);
    const shown = Number(/owner-(\d+)/.exec(found?.body ?? '')?.[1] ?? Number.NaN);
    expect(shown).toBeGreaterThanOrEqual(least);
    latest = shown;
    await new Promise(setImmediate);
  }
  await writing;
});
