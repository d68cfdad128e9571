// The lines of a backup: which begin a table or end it all, and which are rows.

import { StringDecoder } from 'node:string_decoder';
import type { Row } from './contents.js';

/** Neighbouring lines: one that begins a table or ends the backup, or rows of a table. */
interface Lines {
  /** As they stand there, with their ends. */
  readonly text: string;
  readonly control?: { readonly table?: string; readonly end?: string };
  readonly rows: readonly Row[];
  readonly tableName: string;
}

const rowsTogetherMax = 500;

/** Throws a `SyntaxError` for what is no JSON. What follows the last end of a line is a line too. */
export async function* inBatches(bytes: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  let tableName = '';
  let held: string[] = [];
  const heldRows = (): Lines => {
    const text = held.map((line) => `${line}\n`).join('');
    const rows = held.map((line) => JSON.parse(line) as Row);
    held = [];
    return { text, rows, tableName };
  };

  for await (const line of linesIn(bytes)) {
    if (line.startsWith('[')) {
      if (held.push(line) === rowsTogetherMax) yield heldRows();
      continue;
    }
    if (held.length > 0) yield heldRows();
    const control = JSON.parse(line) as NonNullable<Lines['control']>;
    tableName = control.table ?? '';
    yield { text: `${line}\n`, control, rows: [], tableName };
  }
  if (held.length > 0) yield heldRows();
}

async function* linesIn(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const more of bytes) {
    const lines = (rest + decoder.write(more)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
