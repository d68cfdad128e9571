// Answers that the audit holds back: how many entries wait, and that the log says why in each case.

import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorsNote } from '../../src/audit.js';
import { AuditLog } from '../../src/http/audit-log.js';
import { limits } from '../../src/limits.js';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { hangAudit, refuseAudit } from '../support/audit-trouble.js';
import { makePlace, type StorePlace } from '../support/store-place.js';

const refusal = { code: 'unavailable', retryAfterSeconds: 1 };

let place: StorePlace;
let store: Store;
let project: Project;
let lines: string[];
beforeEach(async () => {
  place = await makePlace();
  store = await place.open();
  project = await store.createProject({ projectSlug: 'one' });
  lines = [];
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

function openLog(mode: 'fast' | 'strict', kept: Pick<Store, 'appendAudit'> = store): AuditLog {
  return new AuditLog(mode, kept, pino({ level: 'info' }, { write: (line) => lines.push(line) }));
}

function noteOne(log: AuditLog): Promise<void> | undefined {
  const { tenant } = project;
  return log.note({ ...operatorsNote(0, 'erase', { ...project, subject: 'secret-id' }), tenant });
}

/** What was logged, each with its reason. */
function told(): [message: string, reason: string | undefined][] {
  const said = lines.map((line) => JSON.parse(line));
  return said.map(({ msg, reason, err }) => [msg, reason ?? err?.message]);
}

test('fast: what is noted while a write goes on is written, whenever that ends', async () => {
  const ends: (() => void)[] = [];
  const log = openLog('fast', {
    async appendAudit(notes) {
      await store.appendAudit(notes);
      await new Promise<void>((resolve) => void ends.push(resolve));
    },
  });
  const begun = (count: number) => expect.poll(() => ends.length, { interval: 1 }).toBe(count);
  for (let writes = 0; writes < 20; writes += 2) {
    void noteOne(log);
    await begun(writes + 1);
    void noteOne(log);
    // With the timer of that entry, which ends a part of a millisecond before its time.
    setTimeout(() => ends[writes]!(), 30);
    await begun(writes + 2);
    ends[writes + 1]!();
    await expect.poll(() => log.waiting, { interval: 1 }).toBe(0);
  }
  await log.close(0);
});

test.each(['fast', 'strict'] as const)(
  '%s: not more than a number of entries wait in memory, whatever is done',
  async (mode) => {
    const log = openLog(mode);
    const trouble = await refuseAudit(place.config);
    for (let count = 0; count < limits.auditWaitingMax; count++) {
      expect(log.check('erase')).toBeUndefined();
      void noteOne(log)?.catch(() => {});
    }
    expect([log.waiting, told()]).toEqual([limits.auditWaitingMax, []]);
    await expect(noteOne(log)).rejects.toMatchObject(refusal);
    expect(() => log.check('erase')).toThrow('cannot be written');
    expect(log.waiting).toBe(limits.auditWaitingMax);
    const reason = expect.stringMatching(/^50000 entries wait/);
    expect(told()).toEqual([['the audit cannot be written in time', reason]]);

    await expect.poll(told, { timeout: 10_000 }).toHaveLength(2);
    expect(told()[1]![0]).toBe('the audit cannot be written');
    await trouble.end();
    await log.close(20_000);
    expect([log.waiting, told()[2]]).toEqual([0, ['the audit is written again', undefined]]);
    expect(lines.join('')).not.toContain('secret-id');
  },
);

test('strict: an entry that waits for a slow write before its own', async () => {
  const begun: (() => void)[] = [];
  const slowStore: Pick<Store, 'appendAudit'> = {
    async appendAudit(notes) {
      await new Promise<void>((resolve) => begun.push(resolve));
      await store.appendAudit(notes);
    },
  };
  const log = openLog('strict', slowStore);
  const first = noteOne(log)!;
  await expect.poll(() => begun.length, { interval: 5 }).toBe(1);
  const second = noteOne(log)!;
  // Each write takes less than what calls for a word, both together more.
  setTimeout(() => begun[0]!(), 400);
  await first;
  expect(told()).toEqual([]);
  await expect(second).rejects.toMatchObject(refusal);
  const reason = 'Entries have waited 800 ms for their write.';
  expect(told()).toEqual([['the audit cannot be written in time', reason]]);
  begun[1]!();
  await log.close(20_000);
  expect(told()[1]).toEqual(['the audit is written again', undefined]);
});

test.each([
  ['strict', 'hangs', hangAudit],
  ['strict', 'is refused', refuseAudit],
  ['fast', 'hangs', hangAudit],
  ['fast', 'is refused', refuseAudit],
] as const)('%s, where the audit %s: the first answer that is held back', async (mode, _, make) => {
  const log = openLog(mode);
  const trouble = await make(place.config);
  const isHeldBack = async () => {
    try {
      log.check('look_up');
      await noteOne(log);
      return false;
    } catch (error) {
      expect(error).toMatchObject(refusal);
      return true;
    }
  };
  await expect.poll(isHeldBack, { interval: 50, timeout: 5_000 }).toBe(true);
  expect(told()[0]![0]).toMatch(/^the audit cannot be written/);
  await trouble.end();
  await log.close(20_000);
  expect(told().at(-1)![0]).toBe('the audit is written again');
});
