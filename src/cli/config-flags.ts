// The configuration's options as flags of a command.

import type { Command } from 'commander';
import { configOptions } from '../config.js';
import type { Environment } from '../config-environment.js';
import { type ConfigReading, readConfig, UsageError } from '../read-config.js';
import { takeFlag } from './arguments.js';
import { type CommandOption, only } from './option.js';

/** By their names in the configuration. Read as texts, since `readConfig` judges them. */
export type ConfigFlagOptions = Readonly<Record<string, CommandOption<string | undefined>>>;

/** Those of all options, or of what concerns the store. */
export function configFlags(takes: 'all' | 'store'): ConfigFlagOptions {
  const flags: Record<string, CommandOption<string | undefined>> = {};
  for (const [name, option] of Object.entries(configOptions)) {
    if (option.flag === null || (takes === 'store' && option.concerns !== 'store')) continue;
    const isList = Array.isArray(option.fallback);
    flags[name] = {
      kind: 'value',
      flag: option.flag,
      placeholder: option.placeholder,
      help: `${option.help} (${option.variable}; default: ${option.fallbackHelp})`,
      // The environment is read by `readConfig`, which also says where a value comes from.
      variable: undefined,
      take(flag, texts) {
        if (texts.length === 0) return undefined;
        return isList ? texts.join(',') : only(flag, texts);
      },
    };
  }
  return flags;
}

/** The configuration that they give; undefined where `problems` were added. */
export function readConfigFlags(
  command: Command,
  options: ConfigFlagOptions,
  environment: Environment,
  problems: string[],
): ConfigReading | undefined {
  const texts: Record<string, string> = {};
  for (const [name, option] of Object.entries(options)) {
    const text = takeFlag(command, option.flag!, option, environment, problems);
    if (text !== undefined) texts[name] = text;
  }
  try {
    return readConfig(texts, environment);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
