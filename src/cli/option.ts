// What a command takes, as a table: switches, values and the operand, each with how to read it.

import { invalidRequest } from '../error.js';

/** Reads the text of one value; throws `invalid_request` with a sentence that begins with `name`. */
export type ReadValue<Value> = (name: string, text: string) => Value;

export interface CommandOption<Value> {
  readonly kind: 'switch' | 'value' | 'operand';
  /** Where the flag is not the option's name in the table with hyphens. */
  readonly flag?: string;
  /** What help writes for the value, such as `SLUG`. */
  readonly placeholder: string;
  readonly help: string;
  /** The environment variable that stands in where the flag is not given. */
  readonly variable: string | undefined;
  /** From all the texts that were given, in order. Throws as `ReadValue` does. */
  readonly take: (name: string, texts: readonly string[]) => Value;
}

export type CommandOptions = Readonly<Record<string, CommandOption<unknown>>>;

/** The values of a table of options, by the names that the table has for them. */
export type Values<Options extends CommandOptions> = {
  readonly [Name in keyof Options]: Options[Name] extends CommandOption<infer Value>
    ? Value
    : never;
};

/** `--shared-id` of the option `sharedId`. */
export function flagOf(name: string, option: CommandOption<unknown>): string {
  return option.flag ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function toggle(help: string): CommandOption<boolean> {
  return {
    kind: 'switch',
    placeholder: '',
    help,
    variable: undefined,
    take: (_name, texts) => texts.length > 0,
  };
}

export function optional<Value>(
  placeholder: string,
  help: string,
  read: ReadValue<Value>,
  variable?: string,
): CommandOption<Value | undefined> {
  return {
    kind: 'value',
    placeholder,
    help,
    variable,
    take: (name, texts) => (texts.length === 0 ? undefined : read(name, only(name, texts))),
  };
}

export function required<Value>(
  placeholder: string,
  help: string,
  read: ReadValue<Value>,
  variable?: string,
): CommandOption<Value> {
  const cure = variable === undefined ? `give ${placeholder}` : `give it or set ${variable}`;
  return {
    ...optional(placeholder, `${help} (required)`, read, variable),
    take(name, texts) {
      if (texts.length === 0) throw invalidRequest(`${name}: found none; ${cure} (${help}).`);
      return read(name, only(name, texts));
    },
  };
}

/** May be given several times, or with commas; undefined where it is not given at all. */
export function several<Value>(
  placeholder: string,
  help: string,
  read: ReadValue<Value>,
): CommandOption<readonly Value[] | undefined> {
  return {
    ...optional(placeholder, `${help}; several: repeat, or use commas`, read),
    take(name, texts) {
      if (texts.length === 0) return undefined;
      return texts.flatMap((text) => text.split(',')).map((part) => read(name, part.trim()));
    },
  };
}

/** The word after the command that needs no flag. */
export function operand<Value>(
  placeholder: string,
  help: string,
  read: ReadValue<Value>,
): CommandOption<Value> {
  return { ...required(placeholder, help, read), kind: 'operand', help };
}

export function optionalOperand<Value>(
  placeholder: string,
  help: string,
  read: ReadValue<Value>,
): CommandOption<Value | undefined> {
  return { ...optional(placeholder, help, read), kind: 'operand' };
}

/** The members that are not undefined, for types whose members may only be left out. */
export function given<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undefined was filtered out
  return Object.fromEntries(entries) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}

/** Any text but an empty one. */
export function readText(name: string, text: string): string {
  if (text === '') throw invalidRequest(`${name}: found empty text; give some, or leave it out.`);
  return text;
}

/** Text that a check of the domain lets pass. */
export function readChecked(check: (name: string, text: string) => void): ReadValue<string> {
  return (name, text) => {
    check(name, text);
    return text;
  };
}

/** One of some words. */
export function readWord<Word extends string>(words: readonly Word[]): ReadValue<Word> {
  return (name, text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw invalidRequest(
      `${name}: found another word of ${text.length} characters; give one of ${words.join(', ')}.`,
    );
  };
}

/** A whole number from `least` to `most`. */
export function readWholeNumber(least: number, most: number): ReadValue<number> {
  return (name, text) => {
    const number = Number(text);
    if (/^\d{1,15}$/.test(text) && number >= least && number <= most) return number;
    throw invalidRequest(
      `${name}: found text of ${text.length} characters that does not fit; ` +
        `give a whole number from ${least} to ${most}.`,
    );
  };
}

/** A time in RFC 3339. */
export function readTime(name: string, text: string): Date {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = new Date(text);
  if (isTime && !Number.isNaN(time.getTime())) return time;
  throw invalidRequest(
    `${name}: found text of ${text.length} characters that is no RFC 3339 time; ` +
      'give one such as 2026-11-22T10:00:00Z.',
  );
}

/** The one text of an option that may be given once. */
export function only(name: string, texts: readonly string[]): string {
  if (texts.length === 1) return texts[0]!;
  throw invalidRequest(`${name}: found it ${texts.length} times; give it once.`);
}
