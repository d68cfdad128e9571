// The table for a person and the JSON for a program.

import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { budgetOfEach } from './baton.js';
import type { Bench } from './bench.js';
import type { Goal, Judged } from './figure.js';

const resultsDir = join(import.meta.dirname, '..', '..', 'bench', 'results');

/** Under what conditions it is measured; to be called before. */
export function settingOf({ options, machine, generator, states }: Bench) {
  return {
    at: new Date().toISOString(),
    ...machine.description,
    loadAverageBefore: loadavg()[0]!,
    loadGenerator: generator.name,
    seed: options.seed,
    rounds: options.rounds,
    seconds: options.seconds,
    quick: options.quick,
    budgetOfEach,
    ...states,
  };
}

export type Setting = ReturnType<typeof settingOf>;

export function report(setting: Setting, figures: readonly Judged[]): string {
  const lines = [
    `${setting.processor}, ${setting.cores} cores, ${setting.memoryGiB} GiB, ${setting.kernel}`,
    `Node ${setting.node}, load by ${setting.loadGenerator}, seed ${setting.seed}, ` +
      `${setting.rounds} rounds of ${setting.seconds} s, ` +
      (setting.pinned ? 'servers pinned to one core' : 'nothing pinned'),
    `${setting.stored} states stored, ${setting.live} of them live; ` +
      `load average before: ${setting.loadAverageBefore.toFixed(2)}`,
    `budgets of keys, projects and addresses: ${setting.budgetOfEach} each, counted but not met`,
  ];
  if (setting.temporaryFilesInMemory) {
    lines.push('Temporary files lie in memory, where an fsync costs nothing: set TMPDIR.');
  }
  if (setting.loadGenerator === 'autocannon') {
    lines.push('autocannon takes as long as the servers do: ratios are nearer to 1 than by wrk.');
  }
  if (figures.some((figure) => figure.isDisturbed)) {
    lines.push('Disturbed: the core was not busy with the servers; another process had it.');
  }
  if (setting.quick) lines.push('A trial of the harness: the figures mean nothing.');
  return `${lines.join('\n')}\n\n${table(figures)}`;
}

/** The path of the file that it writes. */
export function writeResults(setting: Setting, figures: readonly Judged[]): string {
  mkdirSync(resultsDir, { recursive: true });
  const file = join(resultsDir, `${setting.at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ setting, figures }, null, 2)}\n`);
  return file;
}

function table(figures: readonly Judged[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    goalText(figure.goal, figure.unit),
    valueText(figure.median, figure.unit),
    `${valueText(figure.min, figure.unit)} to ${valueText(figure.max, figure.unit)}`,
    verdict(figure),
    figure.note,
  ]);
  const head = ['measure', 'goal', 'median', 'least to most', 'verdict', 'made of'];
  const widths = head.map((title, place) =>
    Math.max(title.length, ...rows.map((row) => row[place]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, place) => cell.padEnd(widths[place]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function verdict({ met, isDisturbed }: Judged): string {
  const words = met === null ? [] : [met ? 'met' : 'not met'];
  return [...words, ...(isDisturbed ? ['disturbed'] : [])].join(', but ');
}

function goalText(goal: Goal | null, unit: Judged['unit']): string {
  if (goal === null) return '–';
  return 'atLeast' in goal
    ? `at least ${valueText(goal.atLeast, unit)}`
    : `at most ${valueText(goal.atMost, unit)}`;
}

function valueText(value: number, unit: Judged['unit']): string {
  if (unit === 'ratio') return value.toFixed(2);
  return `${value.toFixed(value < 100 ? 2 : 0)} ${unit}`;
}
