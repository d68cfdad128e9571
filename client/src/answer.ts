// Reads the members of an answer by name and type; what is not as Baton sends it is told by place.

import { BatonClientError } from './errors.js';
import type { Reply } from './exchange.js';
import { isObject, type Members, parsedObject } from './json.js';
import type { Page } from './types.js';

/** The members of a reply whose body is a JSON object; else throws `invalid_answer`. */
export function answerMembers(reply: Reply): AnswerMembers {
  const members = parsedObject(reply.bodyText);
  if (members === undefined) throw invalidAnswer(reply, 'a body that is no JSON object');
  return new AnswerMembers(reply, members);
}

/** A page of a list, each item read by `read`. */
export function answerPage<Item>(reply: Reply, read: (item: AnswerMembers) => Item): Page<Item> {
  const members = answerMembers(reply);
  return {
    items: members.objects('items').map(read),
    nextCursor: members.optionalText('next_cursor') ?? null,
  };
}

/** A header that every answer of this kind carries. */
export function answerHeader(reply: Reply, name: string): string {
  const value = reply.headers.get(name);
  if (value === null) {
    throw invalidAnswer(reply, `no header ${name} (taken away by a proxy, or not exposed by CORS)`);
  }
  return value;
}

export function invalidAnswer(reply: Reply, found: string): BatonClientError {
  return new BatonClientError({
    code: 'invalid_answer',
    message:
      `This answer of status ${reply.status} is not Baton's: found ${found}; ` +
      'check that url leads to a Baton server.',
    status: reply.status,
    requestId: reply.headers.get('x-request-id') ?? undefined,
    outcomeUnknown: true,
  });
}

/**
 * A JSON object of an answer. A method throws `invalid_answer` where the member has another type;
 * those called optional give undefined where it is null or left out.
 */
export class AnswerMembers {
  readonly #reply: Reply;
  readonly #members: Members;

  constructor(reply: Reply, members: Members) {
    this.#reply = reply;
    this.#members = members;
  }

  object(name: string): object {
    return this.#checked(name, 'object', isObject);
  }

  members(name: string): AnswerMembers {
    return new AnswerMembers(this.#reply, this.#checked(name, 'object', isObject));
  }

  /** Undefined where the member is no object. */
  optionalMembers(name: string): AnswerMembers | undefined {
    const value = this.#members[name];
    return isObject(value) ? new AnswerMembers(this.#reply, value) : undefined;
  }

  objects(name: string): AnswerMembers[] {
    const objects = this.#checked(name, 'array of objects', (value) => isArrayOf(isObject, value));
    return objects.map((members) => new AnswerMembers(this.#reply, members));
  }

  text(name: string): string {
    return this.#checked(name, 'string', isText);
  }

  optionalText(name: string): string | undefined {
    return this.#has(name) ? this.text(name) : undefined;
  }

  /** One of the values. */
  choice<Value extends string>(name: string, values: readonly Value[]): Value {
    const isValue = (found: unknown) => values.some((value) => value === found);
    return this.#checked(name, 'known value', (found): found is Value => isValue(found));
  }

  texts(name: string): readonly string[] {
    return this.#checked(name, 'array of strings', (value) => isArrayOf(isText, value));
  }

  optionalTexts(name: string): readonly string[] | undefined {
    return this.#has(name) ? this.texts(name) : undefined;
  }

  number(name: string): number {
    return this.#checked(name, 'number', (value) => typeof value === 'number');
  }

  flag(name: string): boolean {
    return this.#checked(name, 'true or false', (value) => typeof value === 'boolean');
  }

  /** A time in RFC 3339. */
  time(name: string): Date {
    return new Date(this.#checked(name, 'time', isTimeText));
  }

  optionalTime(name: string): Date | undefined {
    return this.#has(name) ? this.time(name) : undefined;
  }

  #has(name: string): boolean {
    return (this.#members[name] ?? null) !== null;
  }

  #checked<Type>(name: string, type: string, fits: (value: unknown) => value is Type): Type {
    const value = this.#members[name];
    if (!fits(value)) throw invalidAnswer(this.#reply, `no ${type} in ${name}`);
    return value;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTimeText(value: unknown): value is string {
  return isText(value) && !Number.isNaN(Date.parse(value));
}

function isArrayOf<Item>(
  isItem: (value: unknown) => value is Item,
  value: unknown,
): value is Item[] {
  return Array.isArray(value) && value.every(isItem);
}
