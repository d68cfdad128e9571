// Reads JSON (RFC 8259) in one pass and keeps what was written: the order of members, every escape
// and every digit. Only white space between tokens is dropped.

import { type BatonError, invalidRequest } from './error.js';
import { decodedString } from './json-parts.js';
import { limits } from './limits.js';

/** A JSON value as it was written, and its size. */
export interface JsonMember {
  /** The value without white space between tokens. */
  readonly text: string;
  /** Levels of nesting: 0 for a scalar, 1 for `{}` or `[]`, 2 for `[[]]`. */
  readonly levels: number;
  /** Members of all the objects inside, at any depth, the value's own included. */
  readonly members: number;
}

/**
 * The members of a JSON object by their decoded names, in the order of the text. Each value may
 * have `limits.dataLevelsMax` levels; how many members it may have is for the caller to judge.
 *
 * Throws `invalid_request` with the place (the character, counted from 1 in code points) of the
 * first thing that is wrong: text that is not one JSON object, a name that occurs twice in one
 * object or is `__proto__` (both as decoded, at any depth), nesting that is too deep.
 */
export function readJsonObject(text: string): Map<string, JsonMember> {
  const scanner = new Scanner(text);
  if (scanner.skipSpace() !== openBrace) throw unexpected('an object', text, scanner.at);

  const names = new Set<string>();
  const members = new Map<string, JsonMember>();
  let hasMember = scanner.opens(closeBrace);
  while (hasMember) {
    const name = scanner.readName(names);
    members.set(name, scanner.readValue());
    hasMember = scanner.continues(closeBrace);
  }
  scanner.checkEnd();
  return members;
}

/** One JSON value of any type. Throws as `readJsonObject` does. */
export function measureJson(text: string): JsonMember {
  const scanner = new Scanner(text);
  const value = scanner.readValue();
  scanner.checkEnd();
  return value;
}

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const wordOrNumber = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

class Scanner {
  /** Where the next thing to read begins. */
  at = 0;
  readonly #text: string;
  /** For each open container, the outermost first: an object's names so far, or an array. */
  readonly #open: (Set<string> | 'array')[] = [];
  /** The value so far, up to the last white space, and where the run that follows begins. */
  #kept = '';
  #runStart = 0;
  #levels = 0;
  #members = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** A value and all that is in it, in a loop: no nesting can exhaust the call stack. */
  readValue(): JsonMember {
    this.skipSpace();
    this.#kept = '';
    this.#runStart = this.at;
    this.#levels = 0;
    this.#members = 0;

    let hasValue = true;
    while (hasValue) hasValue = this.#entersContainer() || this.#continuesContainer();

    const text = this.#kept + this.#text.slice(this.#runStart, this.at);
    return { text, levels: this.#levels, members: this.#members };
  }

  /** A member's name, decoded, and the colon after it. `names` are those of its object so far. */
  readName(names: Set<string>): string {
    if (this.skipSpace() !== quote) {
      throw unexpected('a member name in double quotes', this.#text, this.at);
    }
    const start = this.at;
    this.at = endOfString(this.#text, start);
    const name = decodedString(this.#text.slice(start, this.at));
    if (names.has(name)) {
      throw found('a second member of the same name', this.#text, start, 'name each only once');
    }
    if (name === '__proto__') {
      throw found('a member named __proto__', this.#text, start, 'give it another name');
    }
    names.add(name);
    this.#members++;

    if (this.skipSpace() !== colon) throw unexpected('a colon', this.#text, this.at);
    this.at++;
    return name;
  }

  /** Goes past an opening brace or bracket; false where it closes at once. */
  opens(closer: number): boolean {
    this.at++;
    if (this.skipSpace() !== closer) return true;
    this.at++;
    return false;
  }

  /** Goes past what follows a value in a container: true for a comma, false for the closer. */
  continues(closer: number): boolean {
    const code = this.skipSpace();
    if (code !== comma && code !== closer) {
      const closerName = closer === closeBrace ? 'brace' : 'bracket';
      throw unexpected(`a comma or a closing ${closerName}`, this.#text, this.at);
    }
    this.at++;
    return code === comma;
  }

  /** Drops white space and gives the character code after it, -1 at the end of the text. */
  skipSpace(): number {
    const start = this.at;
    let code = codeAt(this.#text, start);
    while (code === space || code === lineFeed || code === carriageReturn || code === tab) {
      code = codeAt(this.#text, ++this.at);
    }
    if (this.at > start) {
      this.#kept += this.#text.slice(this.#runStart, start);
      this.#runStart = this.at;
    }
    return code;
  }

  checkEnd(): void {
    if (this.skipSpace() !== -1) {
      throw unexpected('the end of the text', this.#text, this.at);
    }
  }

  /** Reads a scalar or an empty container, or goes to the first value of a container: then true. */
  #entersContainer(): boolean {
    const code = this.skipSpace();
    if (code !== openBrace && code !== openBracket) {
      this.at = endOfScalar(this.#text, this.at);
      return false;
    }

    const container = code === openBrace ? new Set<string>() : 'array';
    const levels = this.#open.push(container);
    if (levels > limits.dataLevelsMax) {
      const cure = `nest values at most ${limits.dataLevelsMax} levels deep`;
      throw found(`level ${levels} of nesting`, this.#text, this.at, cure);
    }
    if (levels > this.#levels) this.#levels = levels;

    if (!this.opens(closerOf(container))) {
      this.#open.pop();
      return false;
    }
    if (container !== 'array') this.readName(container);
    return true;
  }

  /** After a value: closes what ends here, and goes to the next value where there is one. */
  #continuesContainer(): boolean {
    for (;;) {
      const container = this.#open.at(-1);
      if (container === undefined) return false;
      if (this.continues(closerOf(container))) {
        if (container !== 'array') this.readName(container);
        return true;
      }
      this.#open.pop();
    }
  }
}

function closerOf(container: Set<string> | 'array'): number {
  return container === 'array' ? closeBracket : closeBrace;
}

/** The code at a place, or -1 past the end, where `charCodeAt` alone gives NaN and is slow. */
function codeAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : -1;
}

function endOfScalar(text: string, start: number): number {
  if (codeAt(text, start) === quote) return endOfString(text, start);
  return endOfMatch(wordOrNumber, 'a value', text, start);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = codeAt(text, at);
    if (code === quote) return at + 1;
    if (code < space) throw unexpected('the rest of a string', text, at);
    const isEscape = code === backslash;
    at = isEscape ? endOfMatch(escapeSequence, 'a valid escape sequence', text, at) : at + 1;
  }
}

/** Where the match of a sticky pattern ends that must begin at this place. */
function endOfMatch(pattern: RegExp, wanted: string, text: string, start: number): number {
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw unexpected(wanted, text, start);
  return pattern.lastIndex;
}

function unexpected(wanted: string, text: string, at: number): BatonError {
  return found(`${kindAt(text, at)} in place of ${wanted}`, text, at, 'send valid JSON');
}

/** The place is counted as a person does: from 1, and a surrogate pair is one character. */
function found(what: string, text: string, at: number, cure: string): BatonError {
  const pairs = text.slice(0, at).match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
  return invalidRequest(`JSON: found ${what} at character ${at - pairs + 1}; ${cure}.`);
}

/** What kind of character stands there; only its kind, since an error never quotes the text. */
function kindAt(text: string, at: number): string {
  if (at >= text.length) return 'the end of the text';
  const character = text.charAt(at);
  return kinds.find(([pattern]) => pattern.test(character))?.[1] ?? 'another character';
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\{/, 'an object'],
  [/\[/, 'an array'],
  [/["']/, 'a quotation mark'],
  [/[-0-9]/, 'a number'],
  [/[A-Za-z]/, 'a letter'],
  [/[,:}\]]/, 'a comma, colon or closing bracket'],
  [/\\/, 'a backslash'],
  [/\p{Cc}/u, 'a control character'],
  [/\ufeff/, 'a byte order mark'],
];
