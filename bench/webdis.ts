// Section: live look-ups against webdis and Redis on the same core, which keep the same bytes in
// memory without a key check.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Baton } from './baton.js';
import { type Bench, say, startIn } from './bench.js';
import { type Contender, compare, underLoad } from './compare.js';
import { askOnce, expectStatus, firstAnswer } from './connection.js';
import type { Figure } from './figure.js';
import { lookUpLoad } from './look-up.js';
import { isInstalled } from './machine.js';
import { freePort, type Running } from './processes.js';
import { answerTextOf, nameOf, namePlace } from './states.js';

const statesPerBatch = 1_000;

interface Webdis {
  readonly origin: string;
  readonly servers: readonly Running[];
}

/** None where they are not installed. */
export async function measureAgainstWebdis(bench: Bench, baton: Baton): Promise<Figure[]> {
  if (!isInstalled('webdis') || !isInstalled('redis-server')) {
    say('webdis or redis-server is not installed: not compared.');
    return [];
  }
  const webdis = await startWebdis(bench);
  const load = lookUpLoad(bench, baton, 'live', 'shared_id');
  const what = {
    goal: { atLeast: 1.2 },
    keepsCoreBusy: true,
    contender: underLoad(bench, 'Baton', load, [baton.running]),
  };
  const name = 'live GET by shared_id, against webdis + Redis';
  const inJson = gets(bench, webdis, 'webdis GET key', '');
  const asKept = gets(bench, webdis, 'webdis GET key.txt', '.txt');
  const figures = [
    await compare(bench, { ...what, name, baseline: inJson }),
    await compare(bench, { ...what, name: `${name}, bytes as kept`, baseline: asKept }),
  ];
  for (const server of webdis.servers) await server.stop();
  return figures;
}

/** Without an ending webdis wraps the value in JSON; with `.txt` it sends the bytes as they are. */
function gets(bench: Bench, webdis: Webdis, name: string, ending: string): Contender {
  const { stored, live } = bench.states;
  const load = {
    origin: webdis.origin,
    method: 'GET',
    path: `/GET/${namePlace}${ending}`,
    headers: {},
    states: { first: stored - live, count: live },
  } as const;
  return underLoad(bench, name, load, webdis.servers);
}

async function startWebdis(bench: Bench): Promise<Webdis> {
  const redisPort = await freePort();
  const redisFile = join(bench.scratch, 'redis.conf');
  writeFileSync(redisFile, redisConfig(bench, redisPort));
  const redis = startIn(bench, 'redis', 'redis-server', [redisFile]);
  const httpPort = await freePort();
  const file = join(bench.scratch, 'webdis.json');
  writeFileSync(file, webdisConfig(bench, redisPort, httpPort));
  const webdis = startIn(bench, 'webdis', 'webdis', [file]);
  const origin = `http://127.0.0.1:${httpPort}`;

  const request = { origin, method: 'GET', path: '/PING', headers: {} } as const;
  await firstAnswer(webdis, request);
  await fillRedis(redisPort, bench.states.stored);
  const last = nameOf(bench.states.stored - 1);
  const reply = await askOnce({ ...request, path: `/GET/${last}.txt` });
  expectStatus(reply, 200, 'GET of a key through webdis');
  if (reply.body !== answerTextOf(last)) throw new Error('webdis gave other bytes.');
  return { origin, servers: [webdis, redis] };
}

function redisConfig(bench: Bench, port: number): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    'save ""',
    'appendonly no',
    `dir ${bench.scratch}`,
  ];
  return lines.join('\n');
}

function webdisConfig(bench: Bench, redisPort: number, httpPort: number): string {
  return JSON.stringify({
    redis_host: '127.0.0.1',
    redis_port: redisPort,
    http_host: '127.0.0.1',
    http_port: httpPort,
    // One core is theirs together, where more threads do no more work.
    threads: 1,
    pool_size: 8,
    daemonize: false,
    websockets: false,
    database: 0,
    verbosity: 0,
    logfile: join(bench.scratch, 'webdis-own.log'),
  });
}

/** Sets every state, in batches over one connection, and waits for the answers of each batch. */
async function fillRedis(port: number, count: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  for (let first = 0; first < count; first += statesPerBatch) {
    const size = Math.min(statesPerBatch, count - first);
    const sets = Array.from({ length: size }, (_, place) => setCommand(nameOf(first + place)));
    socket.write(sets.join(''));
    await answers(socket, size);
  }
  socket.destroy();
}

function setCommand(name: string): string {
  const parts = ['SET', name, answerTextOf(name)];
  const text = parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('');
  return `*${parts.length}\r\n${text}`;
}

/** Resolves when Redis has answered `+OK` so many times. */
async function answers(socket: ReturnType<typeof connect>, count: number): Promise<void> {
  const expected = '+OK\r\n'.repeat(count);
  let text = '';
  while (text.length < expected.length) {
    const parts: string[] = await once(socket, 'data');
    text += parts.join('');
  }
  if (text !== expected) throw new Error('Redis refused a SET.');
}
