// The benchmarks: reads the options, measures one section after the other, prints the table.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAudit } from './audit.js';
import { audited, initBaton, serveBaton } from './baton.js';
import { type Bench, say } from './bench.js';
import { measureConsole } from './console.js';
import { measureDurablePuts } from './durable-put.js';
import { type Figure, judge } from './figure.js';
import { chooseGenerator } from './load.js';
import { measureLookUps } from './look-up.js';
import { prepareMachine } from './machine.js';
import { measureManyStates } from './many-states.js';
import { measureMemory } from './memory.js';
import { measureOnPostgres } from './on-postgres.js';
import { type Options, readOptions, type SectionName, usage } from './options.js';
import { killAll, stopAll } from './processes.js';
import { report, settingOf, writeResults } from './report.js';
import { seedStates } from './seed.js';
import { measureStartUp } from './start-up.js';
import { measureWakeUps } from './wake-up.js';
import { measureAgainstWebdis } from './webdis.js';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(usage);
} else {
  try {
    await run(readOptions(args));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function run(options: Options): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const cleanUp = () => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
  endOnSignals(cleanUp);
  try {
    const machine = prepareMachine();
    const generator = chooseGenerator(scratch, options.seed);
    const states = options.quick
      ? { stored: 10_000, live: 1_000 }
      : { stored: 100_000, live: 10_000 };
    const bench = { options, machine, generator, scratch, states };
    const setting = settingOf(bench);
    say(`seed ${options.seed}, load by ${generator.name}`);

    const figures = (await measureAll(bench)).map(judge);
    const file = writeResults(setting, figures);
    process.stdout.write(`\n${report(setting, figures)}\n\nwritten to ${file}\n`);
  } finally {
    await stopAll();
    cleanUp();
  }
}

async function measureAll(bench: Bench): Promise<Figure[]> {
  const { sections } = bench.options;
  const figures: Figure[] = [];
  const stored: SectionName[] = [
    'look-up',
    'audit',
    'webdis',
    'wake-up',
    'memory',
    'start-up',
    'console',
  ];
  if (stored.some((name) => sections.has(name))) {
    const store = audited(await initBaton(bench, 'states'), 'off');
    const seeded = await serveBaton(bench, store);
    await seedStates(seeded, bench.states.stored);
    await seeded.running.stop();
    const baton = await serveBaton(bench, store);
    if (sections.has('look-up')) figures.push(...(await measureLookUps(bench, baton)));
    if (sections.has('webdis')) figures.push(...(await measureAgainstWebdis(bench, baton)));
    if (sections.has('wake-up')) figures.push(...(await measureWakeUps(bench, baton)));
    if (sections.has('memory')) figures.push(...(await measureMemory(bench, baton)));
    await baton.running.stop();
    if (sections.has('audit')) figures.push(...(await measureAudit(bench, store)));
    if (sections.has('console')) figures.push(...(await measureConsole(bench, store)));
    if (sections.has('start-up')) figures.push(...(await measureStartUp(bench, baton.store)));
  }
  if (sections.has('durable-put')) figures.push(...(await measureDurablePuts(bench)));
  figures.push(...(await measureOnPostgres(bench)));
  if (sections.has('large')) figures.push(...(await measureManyStates(bench)));
  return figures;
}

function endOnSignals(cleanUp: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`ended by ${signal}: no result.`);
      killAll();
      cleanUp();
      process.exit(1);
    });
  }
}
