// Load by wrk, with a Lua script that is written for each run.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connections, type Load, type Seen } from './load.js';
import { outputOf } from './processes.js';
import { requestText } from './request.js';
import { nameOfInLua, namePlace } from './states.js';

const resultMark = 'measured ';

export async function loadByWrk(
  load: Load,
  seconds: number,
  { scratch, threads, seed }: { scratch: string; threads: number; seed: number },
): Promise<Seen> {
  const script = join(scratch, 'wrk.lua');
  writeFileSync(script, scriptOf(load, threads, seed));
  const printed = await outputOf('wrk', [
    `--threads=${threads}`,
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    '--timeout=5s',
    `--script=${script}`,
    load.origin,
  ]);
  const line = printed.split('\n').find((text) => text.startsWith(resultMark));
  if (line === undefined) throw new Error(`wrk printed no result: ${printed}`);
  const seen: Seen = JSON.parse(line.slice(resultMark.length));
  return seen;
}

/** Each thread names its own states: at random from its own seed, or every `threads`th in order. */
function scriptOf(load: Load, threads: number, seed: number): string {
  const { first, count } = load.states;
  const next =
    count === 'each once' ? `place = place + ${threads}` : `place = math.random(0, ${count - 1})`;
  return `
local threads = 0
function setup(thread)
  thread:set("place", threads)
  thread:set("seed", ${seed} + 1000003 * threads)
  threads = threads + 1
end

local parts = { ${template(load).split(namePlace).map(luaText).join(', ')} }
local name_of = ${nameOfInLua}

function init()
  math.randomseed(seed)
end

function request()
  ${next}
  return table.concat(parts, name_of(${first} + place))
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format('${resultMark}{"perSecond":%f,"p50Ms":%f,"p99Ms":%f,"failed":%d}',
    summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
`;
}

/** Every name is eight bytes, so that the length of the body is known before. */
function template(load: Load): string {
  const body = load.body?.replaceAll(namePlace, '00000000') ?? '';
  return requestText(load, Buffer.byteLength(body));
}

/** JSON's escapes of ASCII text are Lua's too. */
function luaText(text: string): string {
  return JSON.stringify(text);
}
