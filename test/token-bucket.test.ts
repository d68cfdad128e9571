// Token buckets: what passes, when the next one does, and how a rate is written.

import { describe, expect, it } from 'vitest';
import { configOptions } from '../src/config.js';
import { Buckets, off, parseRate, type Rate, rateText, TokenBucket } from '../src/token-bucket.js';
import { seededRandom } from './support/random.js';

/** How many of so many requests at this moment pass. */
function passed(bucket: TokenBucket, now: number, requests: number): number {
  let count = 0;
  for (let request = 0; request < requests; request++) {
    if (!bucket.hasToken(now)) continue;
    bucket.spend(now);
    count += 1;
  }
  return count;
}

describe('a bucket', () => {
  it('lets its burst pass at once, and then its rate', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 50 });
    expect(passed(bucket, 7_000, 1_000)).toBe(50);
    expect(passed(bucket, 7_000, 1_000)).toBe(0);
    expect(passed(bucket, 7_980, 1_000)).toBe(9);
    expect(passed(bucket, 8_000, 1_000)).toBe(1);
  });

  it.each([3, 7, 999, 30_011])(
    'holds exactly its burst at a rate of %i, ever again',
    (perSecond) => {
      const random = seededRandom(`a bucket of ${perSecond}`);
      const bucket = new TokenBucket({ perSecond, burst: 1_000 });
      let now = 0;
      for (let round = 0; round < 20; round++) {
        expect(passed(bucket, now, 2_000)).toBe(1_000);
        now += 1_000_000 / perSecond + random.below(10_000_000);
      }
    },
  );

  it('tells when the next token comes, and has it then', () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 });
    bucket.spend(1_000);
    const wait = bucket.msUntilToken(1_000);
    expect(wait).toBeGreaterThan(320);
    expect(wait).toBeLessThan(334);
    expect(bucket.hasToken(1_000 + wait - 1)).toBe(false);
    expect(bucket.hasToken(1_000 + wait)).toBe(true);
  });

  it('pays back what was taken beyond its last token', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 2 });
    for (let taken = 0; taken < 5; taken++) bucket.spend(0);
    expect([3_900, 4_000].map((now) => bucket.hasToken(now))).toEqual([false, true]);
  });

  it('never ends where it is off', () => {
    expect(passed(new TokenBucket(off), 5, 100_000)).toBe(100_000);
  });
});

describe('buckets by name', () => {
  it('are one for each name', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 }, 10);
    buckets.of('a').spend(0);
    expect(buckets.of('a').hasToken(0)).toBe(false);
    expect(buckets.of('b').hasToken(0)).toBe(true);
  });

  it('are as many as they may be: the one longest unused gives way', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 }, 3);
    for (const name of ['a', 'b', 'c', 'a', 'd']) buckets.of(name).spend(0);
    expect(buckets.count).toBe(3);
    expect(buckets.of('a').hasToken(0)).toBe(false);
    expect(buckets.of('b').hasToken(0)).toBe(true);
  });
});

describe('a rate as text', () => {
  it.each<[string, Rate | undefined]>([
    ['10:1000', { perSecond: 10, burst: 1_000 }],
    ['1:1', { perSecond: 1, burst: 1 }],
    ['5000:5000', { perSecond: 5_000, burst: 5_000 }],
    ['off', off],
    ['0', off],
    ['5000:5001', undefined],
    ['10', undefined],
    ['0:1', undefined],
    ['10 : 20', undefined],
  ])('%s', (text, rate) => {
    expect(parseRate(text, 5_000)).toEqual(rate);
    if (rate !== undefined && text !== '0') expect(rateText(rate)).toBe(text);
  });
});

describe('the rates that hold where none are given', () => {
  const { rateKey, rateProject, rateNotFound } = configOptions;

  /**
   * A very large contact centre, behind one address with one key: 40 calls a second, of which each
   * is asked for by five readers (flow, router, CRM, screen, recorder) every second for three
   * seconds, and in vain but for the last time; every half hour 10,000 desks ask at once.
   */
  it('are met by no honest contact centre', () => {
    const key = new TokenBucket(rateKey.fallback);
    const project = new TokenBucket(rateProject.fallback);
    const notFound = new TokenBucket(rateNotFound.fallback);
    const refused: number[] = [];
    const lookUp = (now: number, finds: boolean) => {
      if (![key, project, notFound].every((bucket) => bucket.hasToken(now))) refused.push(now);
      for (const bucket of finds ? [key, project] : [key, project, notFound]) bucket.spend(now);
    };
    for (let second = 1; second <= 3_600; second++) {
      const asked = 40 * 5;
      for (let reader = 0; reader < asked; reader++) {
        for (const finds of [false, false, true]) lookUp(second * 1_000, finds);
      }
      if (second % 1_800 !== 0) continue;
      for (let desk = 0; desk < 10_000; desk++) lookUp(second * 1_000, desk % 2 === 0);
    }
    expect(refused).toEqual([]);
  });
});
