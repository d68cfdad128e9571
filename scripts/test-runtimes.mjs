// Runs the suite on each supported Node: `npm run test:runtimes`, or with some of them named:
// `npm run test:runtimes 22 24`. The runtimes come from the npm packages node@20, node@22 and so on.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const supported = ['20', '22', '24', '26'];
/** Left out of the copies: what is made from the rest, and what belongs to this checkout alone. */
const leftOut = new Set(['node_modules', 'dist', '.git', 'baton-data', 'coverage']);

const versions = process.argv.length > 2 ? process.argv.slice(2) : supported;
const unknown = versions.find((version) => !supported.includes(version));
if (unknown !== undefined) {
  console.error(`Found a version that is not supported; give some of ${supported.join(', ')}.`);
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'baton-runtimes-'));
const outcomes = versions.map((version) => {
  const outcome = testOn(version) ? 'passed' : 'failed';
  return `Node ${version}: ${outcome}`;
});
rmSync(directory, { recursive: true });

console.log(`\n${outcomes.join('\n')}`);
if (outcomes.some((outcome) => outcome.endsWith('failed'))) process.exit(1);

/** Whether the suite passes on this version, in a copy of the project of its own. */
function testOn(version) {
  console.log(`\n== Node ${version}`);
  const runtime = join(directory, `node-${version}`);
  mkdirSync(runtime);
  if (!run('npm', ['install', '--no-save', '--prefix', runtime, `node@${version}`], directory)) {
    return false;
  }

  const copy = join(directory, `baton-${version}`);
  cpSync(project, copy, { recursive: true, filter: (path) => !isLeftOut(path) });
  const bin = join(runtime, 'node_modules', 'node', 'bin');
  const steps = [['node', '--version'], ...installSteps(version), ['npm', 'test']];
  return steps.every(([program, ...words]) => run(program, words, copy, bin));
}

/**
 * better-sqlite3 12 is the last for Node 20 and is built there; 13 brings its binaries along and
 * needs no script. Otherwise the same packages, those of the lock file, everywhere.
 */
function installSteps(version) {
  if (version === '20') return [['npm', 'ci']];
  return [
    ['npm', 'ci', '--ignore-scripts'],
    ['npm', 'install', '--no-save', '--ignore-scripts', 'better-sqlite3@^13.2.0'],
  ];
}

function isLeftOut(path) {
  return leftOut.has(basename(path)) || path.endsWith('.tsbuildinfo');
}

/** Runs a program in a directory, with `bin` before all else that is found by name. */
function run(program, words, cwd, bin) {
  console.log(`\n$ ${[program, ...words].join(' ')}`);
  const path = bin === undefined ? process.env.PATH : `${bin}${delimiter}${process.env.PATH}`;
  // An npm above this one would otherwise tell those below to work in its own directory.
  const { npm_config_local_prefix: _, ...environment } = process.env;
  const env = { ...environment, PATH: path };
  return spawnSync(program, words, { cwd, env, stdio: 'inherit' }).status === 0;
}
