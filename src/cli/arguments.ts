// Reads the arguments of a command by its table of options, and finds every problem in them.

import { type Command, Option } from 'commander';
import { type Environment, givenValue } from '../config-environment.js';
import { BatonError } from '../error.js';
import { nearest } from '../nearest.js';
import { type CommandOption, type CommandOptions, flagOf, type Values } from './option.js';

/** Tells commander of the options, in a form that leaves every judgement to `readArguments`. */
export function declareOptions(command: Command, options: CommandOptions): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.kind === 'operand') {
      command.argument(`[${option.placeholder}]`, option.help);
      continue;
    }
    // In brackets, a value is never demanded by commander, which would stop at the first problem.
    const value = option.kind === 'switch' ? '' : ` [${option.placeholder}]`;
    const variable = option.variable === undefined ? '' : ` (${option.variable})`;
    command.addOption(
      new Option(`${flagOf(name, option)}${value}`, `${option.help}${variable}`).argParser(collect),
    );
  }
}

/** The values of a command's options. What is wrong goes to `problems`, and has no value. */
export function readArguments<Options extends CommandOptions>(
  command: Command,
  options: Options,
  environment: Environment,
  problems: string[],
): Values<Options> {
  const words = readWords(command, problems);
  const values = Object.entries(options).map(([name, option]): [string, unknown] => {
    if (option.kind === 'operand') return [name, takeWord(option, words, problems)];
    return [name, takeFlag(command, flagOf(name, option), option, environment, problems)];
  });
  if (words !== undefined && words.length > 0) {
    const count = words.length === 1 ? 'a word' : `${words.length} words`;
    problems.push(`Found ${count} too many; see \`${pathOf(command)} --help\`.`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name was read above
  return Object.fromEntries(values) as Values<Options>;
}

/** How the command is called: `baton key create`. */
export function pathOf(command: Command): string {
  const parent = command.parent === null ? '' : `${pathOf(command.parent)} `;
  return `${parent}${command.name()}`;
}

/** `--prot: no such option; did you mean --port?` */
export function unknownWord(word: string, what: string, known: string[], cure: string): string {
  const meant = nearest(word, known);
  return `${word}: no such ${what}; ${meant === undefined ? `${cure}.` : `did you mean ${meant}?`}`;
}

/** The flags that a command knows, for `unknownWord`. */
export function knownFlags(command: Command): string[] {
  const own = command.options.map((option) => option.long ?? option.flags);
  return [...own, '--help'];
}

export function isGiven(command: Command, flag: string): boolean {
  return givenFlag(command, flag) !== undefined;
}

/** The texts of a flag, true where one has no value, undefined where it is not given. */
function givenFlag(command: Command, flag: string): string[] | true | undefined {
  const option = command.options.find((candidate) => candidate.long === flag)!;
  return command.getOptionValue(option.attributeName());
}

function collect(text: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

/**
 * The words that belong to no flag; undefined where a flag is unknown, since then nobody can tell
 * the word after it from its value.
 */
function readWords(command: Command, problems: string[]): string[] | undefined {
  const flags = command.args.filter((word) => word.length > 1 && word.startsWith('-'));
  for (const flag of flags) {
    const name = flag.replace(/=.*$/s, '');
    const known = knownFlags(command);
    const problem = known.includes(name)
      ? `${name}: found a value, but it takes none; give it alone.`
      : unknownWord(name, 'option', known, `see \`${pathOf(command)} --help\``);
    problems.push(problem);
  }
  return flags.length === 0 ? [...command.args] : undefined;
}

function takeWord(
  option: CommandOption<unknown>,
  words: string[] | undefined,
  problems: string[],
): unknown {
  if (words === undefined) return undefined;
  return attempt(problems, () => option.take(option.placeholder, words.splice(0, 1)));
}

/** The value of one flag, or else of its variable. */
export function takeFlag<Value>(
  command: Command,
  flag: string,
  option: CommandOption<Value>,
  environment: Environment,
  problems: string[],
): Value | undefined {
  const given = givenFlag(command, flag);

  if (Array.isArray(given)) return attempt(problems, () => option.take(flag, given));
  if (given === true && option.kind === 'value') {
    problems.push(
      `${flag}: found no value; give ${option.placeholder}, after = if it begins with -.`,
    );
    return undefined;
  }
  if (given === true) return option.take(flag, ['']);

  const { variable } = option;
  const text = variable === undefined ? undefined : givenValue(environment, variable);
  if (text === undefined) return attempt(problems, () => option.take(flag, []));
  return attempt(problems, () => option.take(variable!, [text]));
}

function attempt<Value>(problems: string[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
