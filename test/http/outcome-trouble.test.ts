// Outcomes while the store cannot take them: nothing waits for them, no more are held than fit, and
// what is lost is told.

import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutcomeLog } from '../../src/http/outcome-log.js';
import { limits } from '../../src/limits.js';
import type { Project } from '../../src/project.js';
import type { Store } from '../../src/store/store.js';
import { writeOf } from '../store/contract/setting.js';
import { refuseOutcomes } from '../support/audit-trouble.js';
import { TestClock } from '../support/server.js';
import { makePlace, type StorePlace } from '../support/store-place.js';

let place: StorePlace;
let store: Store;
let project: Project;
let outcomes: OutcomeLog;
const clock = new TestClock();
let lines: string[];

beforeEach(async () => {
  place = await makePlace();
  store = await place.open();
  project = await store.createProject({ projectSlug: 'one' });
  lines = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  outcomes = new OutcomeLog(store, log, clock.elapsedMs);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

const linesOf = (text: string) => lines.filter((line) => line.includes(text));
const lossLines = () => linesOf('more are not counted');
const lostLines = () => outcomes.counters.lines(true).filter((line) => /_lost_total\{/.test(line));

function noteNothingFound(): void {
  const name = { kind: 'id', value: 'none' } as const;
  outcomes.noteNothingFound(project, { name, keyId: 'key', cause: 'not_found' }, Date.now());
}

test('what was noted meanwhile is written once the store takes it, and the rest is told to be lost', async () => {
  await store.put(project, writeOf('secret-id'), {});
  const { record } = (await store.lookUp(project.tenant, { kind: 'id', value: 'secret-id' }))
    .found!;
  const trouble = await refuseOutcomes(place.config);
  noteNothingFound();
  for (let n = 0; n < limits.outcomesWaitingMax; n++) {
    outcomes.notePickup(project.tenant, { ...record }, Date.now());
  }
  const full = limits.outcomesWaitingMax + 1;
  expect([outcomes.waiting, lossLines()]).toEqual([full, []]);

  const beyond = { ...record };
  for (let n = 0; n < 3; n++) outcomes.notePickup(project.tenant, beyond, Date.now());
  // What did not fit was not noted, so that the next look-up of it is.
  expect([outcomes.waiting, beyond.isPickedUp]).toEqual([full, false]);
  expect(lostLines()).toEqual([
    'baton_outcomes_lost_total{kind="pickup"} 3',
    'baton_outcomes_lost_total{kind="without_result"} 0',
    'baton_outcomes_lost_total{kind="change"} 0',
  ]);
  // Once a minute.
  expect(lossLines()).toHaveLength(1);
  clock.advance(60_000);
  outcomes.notePickup(project.tenant, beyond, Date.now());
  expect(lossLines()).toHaveLength(2);
  expect(JSON.parse(lossLines()[1]!)).toMatchObject({ lost_since_start: { pickup: 4 } });

  // No kind takes the room of another.
  noteNothingFound();
  const names = { id: 'secret-id', names: [] };
  outcomes.noteChange({ tenant: project.tenant, kind: 'written', ...names, at: Date.now() });
  await outcomes.flush();
  expect(outcomes.waiting).toBe(full + 2);
  expect(linesOf('outcomes cannot be written')).toHaveLength(1);
  expect(lines.join('')).not.toContain('secret-id');

  await trouble.end();
  await outcomes.close(30_000);
  expect(outcomes.waiting).toBe(0);
  const now = Date.now();
  const span = { from: now - 600_000, to: now + 60_000, intervalMs: 660_000 };
  const { total } = await store.stats(project.tenant, span);
  expect([total.pickedUp, total.resultless.never_written]).toEqual([1, 2]);
  const events = await store.listEvents(project.tenant, 0, 10);
  expect(events.map(({ kind }) => kind).toSorted()).toEqual(['picked_up', 'written']);
});

test('kinds that are lost are counted each for itself', async () => {
  const trouble = await refuseOutcomes(place.config);
  const change = { tenant: project.tenant, kind: 'changed', id: 'one', names: [], at: 1 } as const;
  for (let n = 0; n < limits.outcomesWaitingMax + 2; n++) noteNothingFound();
  for (let n = 0; n < limits.outcomesWaitingMax + 1; n++) outcomes.noteChange(change);
  expect(lostLines()).toEqual([
    'baton_outcomes_lost_total{kind="pickup"} 0',
    'baton_outcomes_lost_total{kind="without_result"} 2',
    'baton_outcomes_lost_total{kind="change"} 1',
  ]);
  await outcomes.flush();
  await outcomes.close(5_000);
  expect(linesOf('outcomes are lost')).toHaveLength(1);
  await trouble.end();
});
