// Three servers on a database of three members lose nothing, whatever happens to them. All faults
// take a quarter of an hour; BATON_HA_FAULTS=4 takes the first four of the seed's order.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../support/random.js';
import { type Fault, faults } from './support/faults.js';
import { isAcknowledged } from './support/recorder.js';
import { Stage } from './support/stage.js';
import { type Summary, summary, summaryText } from './support/summary.js';

/** Until every server acknowledges writes again, after a fault. */
const backSecondsMax = 40;
/** Given to it nevertheless, so that the report says how long it took. */
const waitedSecondsMax = 150;
/** Load on a whole cluster, between two faults. */
const calmMs = 3_000;
/** Broken promises that are told; all of them stand in the log that is kept. */
const toldMax = 30;

test('no fault loses or reorders an acknowledged write, and all servers come back', async () => {
  const random = seededRandom('high availability');
  const chosen = shuffled(random, faults).slice(0, faultsMax());
  const stage = new Stage(random);
  const summaries = new Map<string, Summary>();
  let broken: string[] | undefined;
  try {
    await stage.start();
    const unhealed = await unhealedOf(stage, chosen, summaries);
    broken = [...unhealed, ...(await stage.violations())];
  } finally {
    const isKept = broken?.length !== 0;
    if (isKept) keepLog(stage, broken ?? []);
    await stage.stop(isKept);
  }

  for (const [name, result] of summaries) console.log(`${name}: ${summaryText(result)}`);
  const acknowledged = stage.log.operations.filter(isAcknowledged).length;
  console.log(
    `${summaries.size} of ${chosen.length} faults, ${stage.log.operations.length} calls, ` +
      `${acknowledged} acknowledged writes; broken promises: ${broken.length}`,
  );
  expect(broken.slice(0, toldMax)).toEqual([]);
});

/** Brings the faults one after the other; those that the servers did not come back from in time. */
async function unhealedOf(
  stage: Stage,
  chosen: readonly Fault[],
  summaries: Map<string, Summary>,
): Promise<string[]> {
  const unhealed: string[] = [];
  for (const fault of chosen) {
    console.log(`${seconds()} s: ${fault.name}`);
    try {
      const result = await survived(stage, fault);
      summaries.set(fault.name, result);
      console.log(`${seconds()} s: ${summaryText(result)}`);
      if (result.backSeconds > backSecondsMax) {
        unhealed.push(`${fault.name}: writes were back after ${result.backSeconds} s`);
      }
    } catch (error) {
      // What comes after it would only tell of it again.
      return [...unhealed, `${fault.name}: ${String(error)}`];
    }
  }
  return unhealed;
}

function seconds(): number {
  return Math.round(performance.now() / 1000);
}

async function survived(stage: Stage, fault: Fault): Promise<Summary> {
  const from = performance.now();
  const mend = await fault.bring(stage);
  const backSeconds = await stage.writesBack(performance.now(), waitedSecondsMax);
  if (mend !== undefined) {
    await mend();
    await stage.writesBack(performance.now(), backSecondsMax);
  }
  await stage.cluster.whole();
  await pause(calmMs);
  await stage.writesBack(performance.now(), backSecondsMax);
  return summary(stage.log.operations, { from, to: performance.now(), backSeconds });
}

function shuffled<Thing>(random: Random, things: readonly Thing[]): Thing[] {
  const left = [...things];
  return things.map(() => left.splice(random.below(left.length), 1)[0]!);
}

function faultsMax(): number {
  const count = Number(process.env.BATON_HA_FAULTS ?? faults.length);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(
    'BATON_HA_FAULTS: found no whole number from 1 on; give how many faults to take.',
  );
}

/** A run that failed leaves what it saw beside what the servers logged. */
function keepLog({ log, directory }: Stage, broken: readonly string[]): void {
  const file = join(directory, 'operations.jsonl');
  writeFileSync(file, log.operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''));
  writeFileSync(join(directory, 'broken-promises.txt'), `${broken.join('\n')}\n`);
  console.log(`The calls are in ${file}, the broken promises and all logs beside it.`);
}
