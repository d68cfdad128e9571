// The command line of the benchmarks.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const sectionNames = [
  'look-up',
  'audit',
  'webdis',
  'wake-up',
  'memory',
  'start-up',
  'console',
  'durable-put',
  'postgres-look-up',
  'postgres-wake-up',
  'postgres-put',
  'postgres-capacity',
  'large',
  'postgres-large',
] as const;
export type SectionName = (typeof sectionNames)[number];

/** Only where they are asked for. */
const largeSections: readonly SectionName[] = ['large', 'postgres-large'];

export interface Options {
  readonly sections: ReadonlySet<SectionName>;
  readonly rounds: number;
  /** Seconds of load in each half of a round, after one second to warm up. */
  readonly seconds: number;
  /** Minutes that the console is left open while handoffs come. */
  readonly minutes: number;
  /** A trial of the harness: few states and short rounds, whose figures mean nothing. */
  readonly quick: boolean;
  /** Of everything that is chosen at random. */
  readonly seed: number;
}

const seedMax = 2 ** 31;

export const usage = `npm run bench -- [options]

  --rounds N    paired rounds of each comparison, 1 to 20 (5)
  --seconds N   seconds of load in each half of a round, 1 to 60 (3)
  --minutes N   minutes that the console is left open, 1 to 60 (1)
  --large       compare 10 thousand with 10 million stored states too (20 GB of temporary space)
  --only NAME   one section; may be given several times: ${sectionNames.join(', ')}
  --seed N      repeat the random choices of another run
  --quick       try the harness: 2 rounds of 1 second, few states; the figures mean nothing

The data lies in the system's directory for temporary files (TMPDIR) and is removed afterwards.
`;

/** Throws an error with one sentence for the caller. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      large: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string' },
    },
  });
  const quick = values.quick;
  return {
    sections: chosenSections(values.only, values.large),
    rounds: wholeNumber('--rounds', values.rounds, quick ? 2 : 5, 20),
    seconds: wholeNumber('--seconds', values.seconds, quick ? 1 : 3, 60),
    minutes: wholeNumber('--minutes', values.minutes, 1, 60),
    quick,
    seed: wholeNumber('--seed', values.seed, randomInt(1, seedMax), seedMax),
  };
}

function chosenSections(only: readonly string[] | undefined, large: boolean): Set<SectionName> {
  const names = only ?? sectionNames.filter((name) => !largeSections.includes(name));
  const chosen = new Set(
    names.map((given) => {
      const section = sectionNames.find((name) => name === given);
      if (section !== undefined) return section;
      throw new Error(`--only: found an unknown name; give one of ${sectionNames.join(', ')}.`);
    }),
  );
  if (large) for (const name of largeSections) chosen.add(name);
  return chosen;
}

function wholeNumber(
  option: string,
  text: string | undefined,
  otherwise: number,
  max: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${option}: found no whole number from 1 to ${max}; give one.`);
}
