// Measures whether the time of a refusal tells if what was asked for exists. The two requests of a
// pair are sent in random order on one connection to a server of its own; takes the variables of
// `baton serve`, such as BATON_DATABASE_URL of an empty database.
//
//   npm run build && node scripts/measure-refusal-times.mjs [--requests 4000] [--seed 1]

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mannWhitney, median } from './mann-whitney.mjs';
import { namesMax, refusalPairs } from './refusal-pairs.mjs';

const options = { requests: { type: 'string' }, seed: { type: 'string' } };
const { values } = parseArgs({ options });
/** Of each of the two. */
const requests = Number(values.requests ?? 4_000);
const seed = Number(values.seed ?? randomInt(2 ** 31));
/** What happens by chance less often than this, over all pairs together, is taken for a fact. */
const chanceMax = 0.01;

const program = join(import.meta.dirname, '..', 'dist', 'main.js');
const directory = mkdtempSync(join(tmpdir(), 'baton-refusals-'));
const off = { BATON_RATE_KEY: 'off', BATON_RATE_PROJECT: 'off', BATON_RATE_NOT_FOUND: 'off' };
const environment = {
  ...process.env,
  BATON_DATA_DIR: directory,
  BATON_RATE_FAILED_KEYS: 'off',
  ...off,
};
const random = seeded(seed);
try {
  const made = JSON.parse(await outputOf('init', '--json'));
  const server = spawn(process.execPath, [program, 'serve', '--port', '0'], { env: environment });
  const ended = once(server, 'exit');
  try {
    await report(connect(await portOf(server), '127.0.0.1').setNoDelay(true), made);
  } finally {
    server.kill();
    await ended;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function report(socket, made) {
  const pairs = await refusalPairs(async (request) => {
    const { text, status } = await exchange(socket, request);
    if (status >= 300) throw new Error(text);
    return JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
  }, made);
  console.log(`Node ${process.version}, seed ${seed}, ${requests} requests of each, budgets off\n`);
  const head = ['what may exist', 'status', 'median there', 'absent', 'apart', 'share', 'z', 'p'];
  const rows = [[...head, 'told apart']];
  for (const pair of pairs) {
    const { there, absent } = await timesOf(socket, pair);
    const { share, z, p } = mannWhitney(there, absent);
    const medians = [median(there), median(absent)];
    const cells = [...medians, medians[0] - medians[1]].map((time) => `${time.toFixed(2)} µs`);
    const verdict = p < chanceMax / pairs.length ? 'yes' : 'no';
    const { what, status } = pair;
    rows.push([
      what,
      String(status),
      ...cells,
      share.toFixed(3),
      z.toFixed(2),
      p.toPrecision(2),
      verdict,
    ]);
  }
  const widths = rows[0].map((_, place) => Math.max(...rows.map((row) => row[place].length)));
  for (const row of rows) {
    console.log(`| ${row.map((cell, place) => cell.padEnd(widths[place])).join(' | ')} |`);
  }
  console.log('\nshare: how often a refusal of what is there took longer than one of what is not.');
  socket.destroy();
}

/** Microseconds of each request, after a tenth as many to warm up. */
async function timesOf(socket, { status, ...pair }) {
  const times = { there: [], absent: [] };
  const warmUp = Math.ceil(requests / 10);
  const order = ['there', 'absent'].flatMap((side) => Array(requests + warmUp).fill(side));
  shuffle(order);
  const skipped = { there: warmUp, absent: warmUp };
  for (const side of order) {
    const { microseconds, ...answer } = await exchange(socket, pair[side](random(namesMax)));
    if (answer.status !== status) throw new Error(`found ${answer.text}`);
    if (skipped[side] > 0) skipped[side] -= 1;
    else times[side].push(microseconds);
  }
  return times;
}

/** One answer for one request; answers that are refused come in one piece. */
async function exchange(socket, request) {
  const begun = performance.now();
  socket.write(request);
  const [bytes] = await once(socket, 'data');
  const microseconds = (performance.now() - begun) * 1_000;
  const text = bytes.toString();
  return { text, microseconds, status: Number(text.slice(9, 12)) };
}

async function outputOf(...words) {
  const child = spawn(process.execPath, [program, ...words], { env: environment });
  child.stderr.pipe(process.stderr);
  let text = '';
  for await (const part of child.stdout) text += part;
  return text;
}

async function portOf(server) {
  let text = '';
  for await (const [part] of on(server.stdout, 'data')) {
    text += part;
    const port = /"url":"[^"]+:(\d+)","region/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`The server ended before it listened: ${text}`);
}

function shuffle(list) {
  for (let last = list.length - 1; last > 0; last--) {
    const chosen = random(last + 1);
    [list[last], list[chosen]] = [list[chosen], list[last]];
  }
}

/** Mulberry32, public domain: whole numbers from 0 up to, not including, a limit. */
function seeded(start) {
  let state = start;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
