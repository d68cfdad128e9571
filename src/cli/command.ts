// Adds commands to the tree; each runs only when nothing is wrong with how it was called.

import type { Command } from 'commander';
import { type ConfigReading, UsageError } from '../read-config.js';
import {
  declareOptions,
  isGiven,
  knownFlags,
  pathOf,
  readArguments,
  unknownWord,
} from './arguments.js';
import { configFlags, readConfigFlags } from './config-flags.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { type CommandOptions, flagOf, type Values } from './option.js';
import type { Terminal } from './terminal.js';

/** Where commands are added, what they run with, and what they end in. */
export interface Branch {
  readonly command: Command;
  readonly terminal: Terminal;
  readonly finish: (exitCode: ExitCode) => void;
}

export interface CommandDefinition<Options extends CommandOptions> {
  readonly name: string;
  readonly summary: string;
  /** Runs where its group is called without a command. */
  readonly isDefault?: boolean;
  /** What help says below the options. */
  readonly notes?: string;
  readonly options: Options;
  /** Options of which at most one may be given, or one must. */
  readonly either?: {
    readonly names: readonly (keyof Options & string)[];
    readonly isRequired: boolean;
  };
}

/** What a command ends in; nothing stands for done. */
type Ending = Promise<ExitCode> | Promise<void>;

/** A command that needs no configuration of a server, such as those that call one. */
export function addCommand<Options extends CommandOptions>(
  { command: parent, terminal, finish }: Branch,
  definition: CommandDefinition<Options>,
  run: (values: Values<Options>, terminal: Terminal) => Ending,
): void {
  const command = declareCommand(parent, definition);
  command.action(async () => {
    const problems: string[] = [];
    const values = readArguments(command, definition.options, terminal.environment, problems);
    problems.push(...problemsOfEither(command, definition));
    if (problems.length > 0) throw new UsageError(problems);

    finish((await run(values, terminal)) ?? exitCodes.done);
  });
}

/** A command that takes the server's configuration: all of it, or what concerns the store. */
export function addConfiguredCommand<Options extends CommandOptions>(
  { command: parent, terminal, finish }: Branch,
  definition: CommandDefinition<Options> & { readonly takes: 'all' | 'store' },
  run: (values: Values<Options>, reading: ConfigReading, terminal: Terminal) => Ending,
): void {
  const command = declareCommand(parent, definition);
  const flags = configFlags(definition.takes);
  declareOptions(command, flags);

  command.action(async () => {
    const problems: string[] = [];
    const values = readArguments(command, definition.options, terminal.environment, problems);
    problems.push(...problemsOfEither(command, definition));
    const reading = readConfigFlags(command, flags, terminal.environment, problems);
    if (reading === undefined || problems.length > 0) throw new UsageError(problems);

    for (const warning of reading.warnings) terminal.tell(`warning: ${warning}`);
    finish((await run(values, reading, terminal)) ?? exitCodes.done);
  });
}

/** A command that only groups others, such as `baton key`. */
export function addGroup(branch: Branch, name: string, summary: string): Branch {
  const command = branch.command.command(name).description(summary);
  makeGroup(command);
  return { ...branch, command };
}

/** Makes a mistake of calling a command without one of its commands, or with an unknown one. */
export function makeGroup(command: Command): void {
  command.usage('<command> [options]').allowUnknownOption().allowExcessArguments();
  command.action(() => {
    const cure = `see \`${pathOf(command)} --help\``;
    const word = command.args[0];
    if (word === undefined) return command.help({ error: true });
    const problem = word.startsWith('-')
      ? unknownWord(word, 'option', knownFlags(command), cure)
      : unknownWord(word, 'command', [...command.commands.map((it) => it.name()), 'help'], cure);
    throw new UsageError([problem]);
  });
}

function declareCommand(
  parent: Command,
  {
    name,
    summary,
    notes,
    options,
    isDefault = false,
  }: Omit<CommandDefinition<CommandOptions>, 'either'>,
): Command {
  const operands = Object.values(options).filter((option) => option.kind === 'operand');
  const usage = ['[options]', ...operands.map((option) => option.placeholder)].join(' ');
  const command = parent.command(name, { isDefault }).description(summary).usage(usage);
  command.allowUnknownOption().allowExcessArguments();
  if (notes !== undefined) command.addHelpText('after', `\n${notes}`);
  declareOptions(command, options);
  return command;
}

function problemsOfEither<Options extends CommandOptions>(
  command: Command,
  { either, options }: CommandDefinition<Options>,
): string[] {
  if (either === undefined) return [];
  const flags = either.names.map((name) => flagOf(name, options[name]!));
  const count = flags.filter((flag) => isGiven(command, flag)).length;
  if (count === 1 || (count === 0 && !either.isRequired)) return [];
  const [none, many] = flags.length === 2 ? ['neither', 'both'] : ['none', `${count} of them`];
  return [`${flags.join(' or ')}: found ${count === 0 ? none : many}; give one of them.`];
}
