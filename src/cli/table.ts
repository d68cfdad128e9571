// Tables for people: aligned columns, a heading that stands out where colours are allowed.

import type { Terminal } from './terminal.js';

export type Colour = 'bold' | 'green' | 'yellow' | 'red';

// ECMA-48, section 8.3.117 (select graphic rendition).
const codes: Record<Colour, number> = { bold: 1, green: 32, yellow: 33, red: 31 };
const separator = '  ';

export function printTable(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(separator)
      .trimEnd();

  terminal.print(coloured(terminal, 'bold', line(headings)));
  for (const row of rows) terminal.print(line(row));
}

/** Names and values, one pair a line. */
export function printPairs(
  terminal: Terminal,
  pairs: readonly (readonly [string, string])[],
): void {
  const width = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) {
    terminal.print(`${coloured(terminal, 'bold', name.padEnd(width))}${separator}${value}`);
  }
}

export function coloured(terminal: Terminal, colour: Colour, text: string): string {
  return terminal.isColoured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** A time in milliseconds since 1970 as RFC 3339 in UTC to the second; `–` where there is none. */
export function timeText(time: number | null): string {
  return time === null ? '–' : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
