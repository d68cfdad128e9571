// Back-pressure: a write that would wait too long for the disk is told so at once.

import { describe, expect, it, test } from 'vitest';
import { BatonError } from '../../src/error.js';
import { limits } from '../../src/limits.js';
import { newProject } from '../../src/project.js';
import { databaseFile, openWriter } from '../../src/store/sqlite/database.js';
import { groupWritesMax, WriteDelay } from '../../src/store/sqlite/write-delay.js';
import { SqlitePlace } from '../support/store-place.js';
import { byId, writeOf } from './contract/setting.js';

/** A delay after groups that took so long. */
function groupsOf(...groupsMs: number[]): { delay: WriteDelay; now: number } {
  const delay = new WriteDelay();
  let now = 1_000_000;
  for (const tookMs of groupsMs) {
    delay.begin(now);
    now += tookMs;
    delay.end(now);
  }
  return { delay, now };
}

describe('the expected delay', () => {
  it('is nothing on a disk that is idle, however slow it was', () => {
    const { delay, now } = groupsOf(60_000);
    expect(delay.expectedMs(0, now)).toBe(0);
    expect(delay.expectedMs(groupWritesMax - 1, now)).toBe(0);
  });

  it('is the rest of the group under way and the groups before the write', () => {
    const { delay, now } = groupsOf(...Array<number>(20).fill(100));
    delay.begin(now);
    expect(delay.expectedMs(0, now)).toBeCloseTo(100, 1);
    expect(delay.expectedMs(0, now + 40)).toBeCloseTo(60, 1);
    expect(delay.expectedMs(3 * groupWritesMax + 1, now + 40)).toBeCloseTo(360, 1);
  });

  it('grows with a commit that does not end', () => {
    const { delay, now } = groupsOf(5);
    delay.begin(now);
    expect(delay.expectedMs(0, now + 2_000)).toBe(2_000);
  });

  it('forgets a stall after a few commits', () => {
    const { delay, now } = groupsOf(10_000, 5, 5, 5, 5);
    delay.begin(now);
    expect(delay.expectedMs(0, now)).toBeLessThan(limits.writeDelayMsMax);
  });
});

test('while the disk hangs writes are refused before a second is over, and look-ups go on', async () => {
  const place = new SqlitePlace();
  const store = await place.open();
  const project = newProject({ projectSlug: 'one' }, 'us-1', Date.now());
  await store.initialise(project, []);
  await store.put(project, writeOf('before'), {});
  // Another process in a transaction stands for the disk: the writer waits for it up to 5 s.
  const other = openWriter(databaseFile(place.config.dataDir));
  other.exec('BEGIN IMMEDIATE');

  const begun = performance.now();
  const refusals: BatonError[] = [];
  const writes: Promise<unknown>[] = [];
  const write = () => {
    const put = store.put(project, writeOf(`call-${writes.length}`), {});
    writes.push(put.catch((error) => refusals.push(error)));
    return refusals.length;
  };
  await expect.poll(write, { interval: 20, timeout: 4_000 }).toBeGreaterThan(0);

  const tookMs = performance.now() - begun;
  expect(tookMs).toBeGreaterThan(limits.writeDelayMsMax / 2);
  expect(tookMs).toBeLessThan(limits.writeDelayMsMax * 1.5);
  expect(refusals[0]).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  expect((await store.lookUp(project.tenant, byId('before'))).found?.etag).toBe('"1"');
  // What is of keys and projects is not refused: it waits.
  const changed = store.changeProject(project.tenant, { retentionSeconds: 60 });

  other.exec('COMMIT');
  other.close();
  await Promise.all(writes);
  expect((await changed).retentionSeconds).toBe(60);
  expect(refusals.every((refusal) => refusal instanceof BatonError)).toBe(true);
  expect((await store.put(project, writeOf('after'), {})).created).toBe(true);
  await store.close();
  await place.remove();
});
