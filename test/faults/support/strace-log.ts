// Reads what strace recorded: the system calls of all threads of a server, in their order.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const recordedCalls =
  '/^(open|creat|mkdir|rmdir|rename|unlink|link|write|pwrite|sendmsg|fsync|fdatasync|' +
  'ftruncate|fallocate)';

/** Records the program that follows, with the contents of what it writes, in `logFile`. */
export function straceCommand(logFile: string): string[] {
  const contents = ['-y', '-xx', '-s', '70000'];
  return [
    'strace',
    '-f',
    '--seccomp-bpf',
    ...contents,
    '-e',
    `trace=${recordedCalls}`,
    '-o',
    logFile,
  ];
}

export interface SystemCall {
  readonly name: string;
  /** Its thread, which makes one call at a time. */
  readonly thread: string;
  /** A call that another thread interrupts stands there twice: as it begins and as it ends. */
  readonly moment: 'begin' | 'end' | 'whole';
  /** What it returned; undefined as long as it has not. */
  readonly returned: number | undefined;
  /** What its first argument has open, such as a path or `socket:[1]`. */
  readonly open: string;
  /** Its text arguments: paths and contents. */
  readonly texts: readonly Buffer[];
  /** Whether a text was too long to be recorded whole. */
  readonly isCut: boolean;
  /** Its arguments as they stand in the log. */
  readonly words: string;
}

export async function* systemCalls(logFile: string): AsyncGenerator<SystemCall> {
  const begun = new Map<string, string>();
  for await (const line of createInterface(createReadStream(logFile, 'latin1'))) {
    const [, thread, text] = /^(\d+) +(\w+\(.*|<\.\.\. .*)$/.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;

    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (resumed !== undefined) yield parse(thread, 'end', begun.get(thread) + resumed);
    else if (unfinished === undefined) yield parse(thread, 'whole', text);
    else {
      begun.set(thread, unfinished);
      yield parse(thread, 'begin', unfinished);
    }
  }
}

function parse(thread: string, moment: SystemCall['moment'], text: string): SystemCall {
  const parenthesis = text.indexOf('(');
  const end = /\) += (-?\d+)[^)]*(?:\([^)]*\))?$/.exec(text);
  const words = text.slice(parenthesis + 1, end?.index);
  const texts = [...words.matchAll(/"((?:\\x..)*)"(\.\.\.)?/g)];
  return {
    name: text.slice(0, parenthesis),
    thread,
    moment,
    returned: end === null ? undefined : Number(end[1]),
    open: plain(/^\d+<([^>]*)>/.exec(words)?.[1] ?? '').toString(),
    texts: texts.map(([, escaped]) => plain(escaped!)),
    isCut: texts.some(([, , cut]) => cut !== undefined),
    words,
  };
}

function plain(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
}
