// JSON text as a tree that keeps what JSON.parse loses: the digits of numbers, the order of members.

export type JsonTree =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonTree])[] }
  | { readonly kind: 'array'; readonly elements: readonly JsonTree[] }
  | { readonly kind: 'string'; readonly text: string }
  /** The text is as it was written. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

const space = /[ \t\n\r]*/y;
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const number = /-?[0-9.eE+-]+/y;

/** Reads JSON text that a server sent; throws SyntaxError where it is none. */
export function jsonTree(text: string): JsonTree {
  const reader = new Reader(text);
  const tree = reader.value();
  reader.end();
  return tree;
}

/** The member of an object; undefined where there is none, or it is no object. */
export function memberOf(tree: JsonTree, name: string): JsonTree | undefined {
  if (tree.kind !== 'object') return undefined;
  return tree.members.find(([member]) => member === name)?.[1];
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonTree {
    this.#match(space);
    const first = this.#text[this.#at];
    if (first === '{') return { kind: 'object', members: this.#list('}', () => this.#member()) };
    if (first === '[') return { kind: 'array', elements: this.#list(']', () => this.value()) };
    if (first === '"') return { kind: 'string', text: this.#string() };
    for (const [word, tree] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return tree;
    }
    return { kind: 'number', text: this.#match(number) ?? this.#fail() };
  }

  end(): void {
    this.#match(space);
    if (this.#at < this.#text.length) this.#fail();
  }

  #member(): readonly [string, JsonTree] {
    this.#match(space);
    const name = this.#string();
    this.#match(space);
    if (this.#text[this.#at++] !== ':') this.#fail();
    return [name, this.value()];
  }

  #list<Part>(end: string, read: () => Part): Part[] {
    const parts: Part[] = [];
    this.#at += 1;
    this.#match(space);
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return parts;
    }
    for (;;) {
      parts.push(read());
      this.#match(space);
      const next = this.#text[this.#at++];
      if (next === end) return parts;
      if (next !== ',') this.#fail();
    }
  }

  #string(): string {
    return JSON.parse(this.#match(string) ?? this.#fail()) as string;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(): never {
    throw new SyntaxError(`no JSON at character ${this.#at}`);
  }
}

const words: readonly (readonly [string, JsonTree])[] = [
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
  ['null', { kind: 'null' }],
];
