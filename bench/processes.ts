// The processes that are measured: started on their core, watched through /proc, and ended by us alone.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { Machine } from './machine.js';

export interface Running {
  readonly pid: number;
  /** Where its output goes. */
  readonly logFile: string;
  /** Its processor seconds and its children's since its start; undefined where /proc tells none. */
  cpuSeconds(): number | undefined;
  /** Memory of its own, files aside; undefined where /proc does not tell. */
  rssAnonBytes(): number | undefined;
  hasEnded(): boolean;
  /** Asks it to end, makes it end after ten seconds. */
  stop(): Promise<void>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Beside those of this process. */
  readonly environment?: Environment;
  /** The server's core, where none are named. */
  readonly cores?: readonly number[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

export type Environment = Readonly<Record<string, string>>;

const stopMs = 10_000;
const ticksPerSecond = 100;
const started = new Set<ChildProcess>();

export function start(machine: Machine, toStart: Command): Running {
  const { command, args, logFile, cores, environment, user } = toStart;
  const log = openSync(logFile, 'a', 0o600);
  const pinned =
    cores === undefined ? onServerCore(machine, command, args) : onCores(cores, command, args);
  const child = spawn(pinned.command, pinned.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...environment },
    ...user,
  });
  closeSync(log);

  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  if (child.pid === undefined) throw new Error(`${command} does not start; is it installed?`);
  started.add(child);
  child.once('exit', () => started.delete(child));
  const pid = child.pid;
  return {
    pid,
    logFile,
    cpuSeconds: () => cpuSecondsOf(pid),
    rssAnonBytes: () => rssAnonBytesOf(pid),
    hasEnded: () => failure !== undefined || hasEnded(child),
    stop: () => stop(child),
  };
}

/** Runs a command to its end and resolves with what it printed. Throws where it failed. */
export async function outputOf(
  command: string,
  args: readonly string[],
  options: { environment?: Environment; user?: Command['user'] } = {},
): Promise<string> {
  const env = { ...process.env, ...options.environment };
  const running = promisify(execFile)(command, args, { env, ...options.user });
  started.add(running.child);
  try {
    return (await running).stdout;
  } finally {
    started.delete(running.child);
  }
}

/** The same command on the server's core, where there is one. The pid stays the command's own. */
export function onServerCore(
  machine: Machine,
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  return onCores(machine.serverCore === undefined ? [] : [machine.serverCore], command, args);
}

/** The same command on these cores, or wherever the system likes where they are none. */
function onCores(
  cores: readonly number[],
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (cores.length === 0) return { command, args: [...args] };
  return { command: 'taskset', args: ['--cpu-list', cores.join(','), command, ...args] };
}

/** Ends what is still running, in the reverse order of the starts. */
export async function stopAll(): Promise<void> {
  for (const child of [...started].toReversed()) await stop(child);
}

/** For an exit that waits for nothing. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** A port of the loopback interface that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given.');
  return address.port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * User and system time of a process, of the children that it has waited for and of those that it
 * has: fields 14 to 17 of proc_pid_stat(5), counted behind the command's name.
 */
function cpuSecondsOf(pid: number): number | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const children = readProc(`/proc/${pid}/task/${pid}/children`)?.match(/\d+/g) ?? [];
  const ofChildren = children.map((child) => cpuSecondsOf(Number(child)) ?? 0);
  return ofChildren.reduce((sum, seconds) => sum + seconds, ticks / ticksPerSecond);
}

function rssAnonBytesOf(pid: number): number | undefined {
  const kibibytes = /^RssAnon:\s*(\d+) kB$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
