// The check of a log finds every kind of broken promise, and nothing in a log without any.

import { describe, expect, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { logViolations } from './check-log.js';
import { madeLog } from './made-log.js';
import { isSighting, type Operation, type Outcome } from './operation.js';

const unknown: Outcome = { result: 'unknown' };
const nothing: Outcome = { result: 'nothing' };

/** A call on the id `one`, from `began` to `ended`. */
function call(
  kind: Operation['kind'],
  [began, ended]: readonly [number, number],
  outcome: Outcome,
  more: Partial<Operation> = {},
): Operation {
  return { kind, id: 'one', server: 'a', began, ended, outcome, ...more };
}

function shows(version: number, put: number, patch?: number): Outcome {
  const content = { put, ...(patch === undefined ? {} : { patch }), isWhole: true };
  return { result: 'state', version, content };
}

const firstWrite = call('put', [0, 10], shows(1, 1), { number: 1 });
const secondWrite = call('put', [20, 30], shows(2, 2), { number: 2 });
const erasure = call('erase', [40, 50], { result: 'erased' });

const broken: Record<string, readonly Operation[]> = {
  'went back': [firstWrite, secondWrite, call('look-up', [40, 50], shows(1, 1))],
  'went back, version 2': [
    firstWrite,
    call('put', [20, 90], shows(2, 2), { number: 2 }),
    call('look-up', [30, 40], shows(2, 2)),
    call('look-up', [50, 60], shows(1, 1)),
  ],
  'came back': [firstWrite, secondWrite, erasure, call('look-up', [60, 70], shows(2, 2))],
  'wrote beside': [firstWrite, call('put', [20, 30], shows(1, 2), { number: 2 })],
  'lost, version 2': [firstWrite, secondWrite, call('look-up', [40, 50], nothing)],
  'lost, version 3': [
    firstWrite,
    secondWrite,
    erasure,
    call('put', [60, 70], shows(3, 3), { number: 3 }),
    call('look-up', [80, 90], nothing),
  ],
  'lost, version 1 was known before: wait': [
    firstWrite,
    // It began before the write, and yet should have been woken by it.
    call('wait', [-5_000, 10_000], nothing),
  ],
  'came to nothing': [firstWrite, secondWrite, erasure, call('wait', [60, 70], shows(2, 2))],
  torn: [
    firstWrite,
    call('look-up', [20, 30], {
      result: 'state',
      version: 1,
      content: { put: 1, isWhole: false },
    }),
  ],
  'of a write that was not made: look-up': [firstWrite, call('look-up', [20, 30], shows(2, 7))],
  'of a write that was not made: look-up one at a from 5.0': [
    call('look-up', [5, 8], shows(1, 1)),
    call('put', [10, 20], unknown, { number: 1 }),
  ],
  'of a write that was not made: wait': [
    firstWrite,
    call('put', [20, 30], { result: 'undone' }, { number: 2 }),
    call('wait', [40, 50], shows(2, 2)),
  ],
  'not what was written': [
    firstWrite,
    call('put', [5, 40], shows(2, 2), { number: 2 }),
    call('patch', [20, 30], shows(3, 2), { number: 3 }),
  ],
  'two states of one version': [
    call('put', [0, 40], shows(1, 1), { number: 1 }),
    call('put', [0, 40], shows(1, 2), { number: 2 }),
  ],
  'applied twice': [
    firstWrite,
    call('put', [0, 50], unknown, { number: 2 }),
    call('put', [0, 50], shows(3, 3), { number: 3 }),
    call('look-up', [0, 50], shows(2, 2)),
    call('look-up', [60, 70], shows(4, 2)),
  ],
  'applied before it was acknowledged': [
    call('put', [0, 50], shows(2, 1), { number: 1 }),
    call('look-up', [20, 30], shows(1, 1)),
    call('put', [0, 50], unknown, { number: 2 }),
  ],
  'over a later write: put': [
    firstWrite,
    call('put', [20, 30], unknown, { number: 2 }),
    call('put', [40, 50], shows(2, 3), { number: 3 }),
    call('look-up', [60, 70], shows(3, 2)),
  ],
  'over a later write: patch': [
    firstWrite,
    call('patch', [20, 30], unknown, { number: 2 }),
    erasure,
    call('look-up', [60, 70], shows(2, 1, 2)),
  ],
  'more versions': [call('put', [0, 10], shows(2, 1), { number: 1 })],
  '500 internal': [call('look-up', [0, 10], { result: 'wrong', found: '500 internal' })],
};

describe('a broken promise is found', () => {
  test.each(Object.entries(broken))('%s', (words, log) => {
    expect(logViolations(log).join('\n')).toContain(words);
  });

  const other = { id: 'other', claimed: 'both' };
  const claims = [
    call('put', [0, 10], shows(1, 1), { number: 1, claimed: 'both' }),
    call('put', [20, 30], shows(1, 2), { ...other, number: 2 }),
  ];
  test('a shared id finds nobody, or whoever has lost it', () => {
    const lost = call('look-up', [40, 50], shows(1, 1), { claimed: 'both' });
    expect(logViolations([...claims, lost]).join()).toContain('an id that has lost it');
    const none = call('look-up', [40, 50], nothing, { id: '', claimed: 'both' });
    expect(logViolations([...claims, none]).join()).toContain('finds nothing, though claimed');
    const found = call('look-up', [40, 50], shows(1, 2), other);
    expect(logViolations([...claims, found])).toEqual([]);
  });
});

describe('a kept promise is not taken for a broken one', () => {
  const kept: Record<string, readonly Operation[]> = {
    'a write that was answered 503 appears late': [
      firstWrite,
      call('put', [20, 30], unknown, { number: 2 }),
      call('look-up', [40, 50], shows(1, 1)),
      call('look-up', [60, 70], shows(2, 2)),
    ],
    'an erasure that was answered 503 takes effect late': [
      firstWrite,
      call('erase', [20, 30], unknown),
      call('look-up', [40, 50], shows(1, 1)),
      call('look-up', [60, 70], nothing),
    ],
    'a waiter finds nothing until its end, and the write comes at the end': [
      call('wait', [0, 9_000], nothing),
      call('put', [8_000, 8_010], shows(1, 1), { number: 1 }),
    ],
    'a patch keeps the rest': [
      firstWrite,
      call('patch', [20, 30], shows(2, 1, 2), { number: 2 }),
      call('look-up', [40, 50], shows(2, 1, 2)),
    ],
  };
  test.each(Object.entries(kept))('%s', (_, log) => {
    expect(logViolations(log)).toEqual([]);
  });

  test('overlapping calls, made at random', () => {
    const random = seededRandom('a log of kept promises');
    for (let n = 0; n < 200; n++) expect(logViolations(madeLog(random, 100))).toEqual([]);
  });
});

test('a version or a content that is changed anywhere in a log is found almost always', () => {
  const random = seededRandom('a log with one wrong answer');
  let found = 0;
  const logs = 300;
  for (let n = 0; n < logs; n++) {
    const log = madeLog(random, 100);
    const sightings = log.filter(isSighting);
    const spoilt = sightings[random.below(sightings.length)]!;
    const { version, content } = spoilt.outcome;
    const other = sightings[random.below(sightings.length)]!.outcome.content.put;
    const outcome =
      random.below(2) === 0
        ? { ...spoilt.outcome, version: Math.max(1, version + 1 - 2 * random.below(2)) }
        : { ...spoilt.outcome, content: { ...content, put: other } };
    const violations = logViolations(log.map((it) => (it === spoilt ? { ...it, outcome } : it)));
    if (violations.length > 0 || JSON.stringify(outcome) === JSON.stringify(spoilt.outcome))
      found++;
  }
  console.log(`${found} of ${logs} wrong answers found`);
  expect(found).toBeGreaterThan(logs * 0.9);
});
