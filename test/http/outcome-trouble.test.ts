// Outcomes while the store cannot take them: nothing waits for them, and no more are held than fit.

import { pino } from 'pino';
import { expect, test } from 'vitest';
import { BatonError } from '../../src/error.js';
import { OutcomeLog } from '../../src/http/outcome-log.js';
import { limits } from '../../src/limits.js';
import { nothingDecided, type OutcomeNotes } from '../../src/outcome.js';

test('what was noted meanwhile is written once the store takes it, as far as it fits', async () => {
  const told: OutcomeNotes[] = [];
  let isAway = true;
  const store = {
    async recordOutcomes(notes: OutcomeNotes) {
      if (isAway) throw new BatonError('unavailable', 'away');
      told.push(notes);
      return { pickups: [], early: 0, otherProject: 0 };
    },
    decideOutcomes: async () => nothingDecided,
  };
  const log = new OutcomeLog(store, pino({ level: 'silent' }));
  for (let n = 0; n < limits.outcomesWaitingMax + 10; n++) {
    log.notePickup('tenant', { id: `id-${n}`, writtenAt: n, isPickedUp: false }, n);
  }
  expect(log.waiting).toBe(limits.outcomesWaitingMax);
  const beyond = { id: 'beyond', writtenAt: 0, isPickedUp: false };
  log.notePickup('tenant', beyond, 1);
  // No kind takes the room of another.
  log.noteChange({ tenant: 'tenant', kind: 'written', id: 'one', names: [], at: 1 });
  await log.flush();
  expect([told, log.waiting]).toEqual([[], limits.outcomesWaitingMax + 1]);

  isAway = false;
  await log.close(10_000);
  expect(log.waiting).toBe(0);
  const ids = told.flatMap(({ pickups }) => pickups.map(({ id }) => id));
  expect(ids).toHaveLength(limits.outcomesWaitingMax);
  expect(new Set(ids).size).toBe(ids.length);
  expect(told.flatMap(({ changes }) => changes)).toMatchObject([{ id: 'one' }]);
  // What did not fit was not noted, so that the next look-up of it is.
  expect(beyond.isPickedUp).toBe(false);
});
