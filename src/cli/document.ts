// Reads the JSON document of a command from a file or standard input, as the text that it is.

import { readFile } from 'node:fs/promises';
import { invalidRequest } from '../error.js';
import type { Terminal } from './terminal.js';

/** `-` or no path: standard input. Throws `invalid_request` for bytes that are not UTF-8. */
export async function readDocument(path: string | undefined, terminal: Terminal): Promise<string> {
  const bytes = await (path === undefined || path === '-' ? readInput(terminal) : readPath(path));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidRequest(`FILE: found ${bytes.length} bytes that are not UTF-8; save it as UTF-8.`);
  }
}

async function readInput({ input, tell }: Terminal): Promise<Buffer> {
  if (input.isTTY) tell('Reading the JSON document from the terminal; Ctrl-D ends it.');
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function readPath(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(
      `FILE: the system could not read it (${code}); give a file with a JSON document, or -.`,
      { cause: error },
    );
  }
}
