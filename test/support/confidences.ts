// What the whole suite tells servers in confidence, key texts and words of `data`: at the end of each
// server that a test started, none of it may stand in its log or in the files of its store.

import { expect } from 'vitest';

/** Shorter words may stand anywhere by chance. */
const charactersMin = 16;
/** Of each server: what tests of chance send without end. */
const wordsMax = 500;

interface Told {
  /** In confidence. */
  readonly words: Set<string>;
  /** Stand in rows and in addresses: ids, shared ids and aliases. */
  readonly names: Set<string>;
}

const toldTo = new Map<string, Told>();

/** Notes what a request says to the server at `url`. */
export function noteTold(url: string, key: string | undefined, body: string | undefined): void {
  const { origin } = new URL(url);
  const told = toldTo.get(origin) ?? { words: new Set(), names: new Set() };
  toldTo.set(origin, told);
  if (key !== undefined) noteWord(told.words, key);
  const read = readObject(body);
  for (const name of ['id', 'shared_id', 'aliases']) noteWords(told.names, read[name]);
  noteWords(told.words, read['data']);
}

/** That none of it stands in these lines of a log or in these files. */
export function expectKept(
  url: string,
  log: readonly string[],
  files: readonly Uint8Array[],
): void {
  const { origin } = new URL(url);
  const { words = [], names = [] } = toldTo.get(origin) ?? {};
  const inRows = [...names].join('\n');
  toldTo.delete(origin);
  const logged = log.join('');
  const stored = files.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  for (const word of words) {
    const places = [
      ...(logged.includes(word) ? ['the log'] : []),
      ...(!inRows.includes(word) && stored.some((file) => file.includes(word)) ? ['a file'] : []),
    ];
    expect(places, `what was told in confidence: ${word}`).toEqual([]);
  }
}

function noteWords(words: Set<string>, value: unknown): void {
  if (typeof value === 'string') noteWord(words, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [member, inner] of Object.entries(value)) {
      noteWord(words, member);
      noteWords(words, inner);
    }
  }
}

function noteWord(words: Set<string>, word: string): void {
  if (word.length >= charactersMin && words.size < wordsMax) words.add(word);
}

function readObject(body: string | undefined): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(body ?? '');
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
