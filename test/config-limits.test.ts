// The options against abuse: their defaults, what they take and what each mistake is answered with.

import { expect, it } from 'vitest';
import { type LimitConfig, limitOptions } from '../src/config-limits.js';
import { limits } from '../src/limits.js';
import { readConfig, UsageError } from '../src/read-config.js';
import { off } from '../src/token-bucket.js';
import { runBaton } from './support/child-server.js';

it('without flags and variables are the documented defaults', () => {
  expect(readConfig({}, {}).config).toMatchObject({
    rateKey: { perSecond: 2_000, burst: 20_000 },
    rateProject: { perSecond: 4_000, burst: 40_000 },
    rateFailedKeys: { perSecond: 10, burst: 1_000 },
    rateNotFound: { perSecond: 500, burst: 10_000 },
    connectionsMax: 15_000,
    connectionsPerAddress: 10_000,
    bodyMemoryMebibytes: 64,
  } satisfies LimitConfig);
});

it('are read from every variable', () => {
  const { config } = readConfig(
    {},
    {
      BATON_RATE_KEY: '5:10',
      BATON_RATE_PROJECT: 'off',
      BATON_RATE_FAILED_KEYS: '0',
      BATON_RATE_NOT_FOUND: `1:${limits.rateMax}`,
      BATON_CONNECTIONS_MAX: '100',
      BATON_CONNECTIONS_PER_ADDRESS: '50',
      BATON_BODY_MEMORY: '8',
    },
  );
  expect(config).toMatchObject({
    rateKey: { perSecond: 5, burst: 10 },
    rateProject: off,
    rateFailedKeys: off,
    rateNotFound: { perSecond: 1, burst: limits.rateMax },
    connectionsMax: 100,
    connectionsPerAddress: 50,
    bodyMemoryMebibytes: 8,
  } satisfies LimitConfig);
});

const bad: [keyof LimitConfig, string[]][] = [
  ['rateKey', ['', '1', '-1:2', '1:0', '0:1', '1.5:2', '1:2:3', '1:1000000001', 'Off', 'x']],
  ['rateProject', ['10:', ':10']],
  ['rateFailedKeys', ['on', '00:00']],
  ['rateNotFound', ['1e3:1e3', '10 :20']],
  ['connectionsMax', ['', '0', '-1', '1000001', 'x', '1e3']],
  ['connectionsPerAddress', ['', '0', 'off']],
  ['bodyMemoryMebibytes', ['', '0', '65537', '64M']],
];
const cases = bad.flatMap(([name, texts]) => texts.map((text) => ({ name, text })));

it.each(cases)('$name of "$text" is refused in one sentence that names it', ({ name, text }) => {
  const form = new RegExp(`^${limitOptions[name].flag}: found text of \\d+ .*; give .*\\.$`);
  let problems: readonly string[] = [];
  try {
    readConfig({ [name]: text }, {});
  } catch (error) {
    if (error instanceof UsageError) problems = error.problems;
  }
  expect(problems).toEqual([expect.stringMatching(form)]);
});

it('are shown by `baton config` as they are given', async () => {
  const flags = ['--rate-key', '5:10', '--rate-project', 'off'];
  const { output, code } = await runBaton(['config', '--json', ...flags]);
  expect(code).toBe(0);
  const shown = JSON.parse(output);
  expect(shown.rate_key).toMatchObject({ value: '5:10', source: 'flag' });
  expect(shown.rate_project).toMatchObject({ value: 'off', flag: '--rate-project' });
  expect(shown.rate_not_found).toMatchObject({ value: '500:10000', source: 'default' });
});
