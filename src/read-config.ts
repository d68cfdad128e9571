// The configuration that flags and environment give, with everything that is wrong with it.

import { type Config, configOptions } from './config.js';
import { contradictions } from './config-contradictions.js';
import {
  clientVariables,
  type Environment,
  givenValue,
  unknownVariables,
} from './config-environment.js';
import { withoutPassword } from './database-url-parts.js';
import { BatonError } from './error.js';

/** Everything that is wrong with how Baton was called, one sentence each. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export type ValueSource = 'flag' | 'environment' | 'default';

/** The texts of flags. */
export type ConfigFlags = { readonly [Name in keyof Config]?: string };

export interface ConfigReading {
  readonly config: Config;
  readonly sources: ReadonlyMap<keyof Config, ValueSource>;
  /** One sentence for each environment variable that has no effect. */
  readonly warnings: readonly string[];
}

/** A flag beats the environment. Throws a `UsageError` with every problem that it finds. */
export function readConfig(flags: ConfigFlags, environment: Environment): ConfigReading {
  const problems: string[] = [];
  const sources = new Map<keyof Config, ValueSource>();

  function take<Name extends keyof Config>(name: Name): Config[Name] {
    const option = configOptions[name];
    const flagText = option.flag === null ? undefined : flags[name];
    const text = flagText ?? givenValue(environment, option.variable);
    if (text === undefined) {
      sources.set(name, 'default');
      return option.fallback;
    }
    sources.set(name, flagText === undefined ? 'environment' : 'flag');
    try {
      return option.read(flagText === undefined ? option.variable : option.flag!, text);
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      problems.push(error.message);
      return option.fallback;
    }
  }

  const given: Config = {
    host: take('host'),
    port: take('port'),
    dataDir: take('dataDir'),
    databaseUrl: take('databaseUrl'),
    databasePool: take('databasePool'),
    region: take('region'),
    masterKeyFile: take('masterKeyFile'),
    masterKey: take('masterKey'),
    masterKeyCommand: take('masterKeyCommand'),
    logLevel: take('logLevel'),
    corsOrigins: take('corsOrigins'),
    popFrameOrigins: take('popFrameOrigins'),
    metricsPort: take('metricsPort'),
    tlsCert: take('tlsCert'),
    tlsKey: take('tlsKey'),
    trustProxy: take('trustProxy'),
    audit: take('audit'),
    auditRetentionSeconds: take('auditRetentionSeconds'),
    rateKey: take('rateKey'),
    rateProject: take('rateProject'),
    rateFailedKeys: take('rateFailedKeys'),
    rateNotFound: take('rateNotFound'),
    connectionsMax: take('connectionsMax'),
    connectionsPerAddress: take('connectionsPerAddress'),
    bodyMemoryMebibytes: take('bodyMemoryMebibytes'),
  };
  const isFileByFlag = sources.get('masterKeyFile') === 'flag';
  if (isFileByFlag) {
    sources.set('masterKey', 'default');
    sources.set('masterKeyCommand', 'default');
  }
  const config = isFileByFlag ? { ...given, masterKey: null, masterKeyCommand: null } : given;

  problems.push(...contradictions(config, sources));
  if (problems.length > 0) throw new UsageError(problems);
  return { config, sources, warnings: unknownVariables(environment, knownVariables) };
}

/** The configuration as it may be shown: without the master key and the database's password. */
export function maskedConfig(config: Config): Config {
  return {
    ...config,
    masterKey: config.masterKey === null ? null : '***',
    databaseUrl: config.databaseUrl === null ? null : withoutPassword(config.databaseUrl),
  };
}

const knownVariables: readonly string[] = [
  ...Object.values(configOptions).map((option) => option.variable),
  ...Object.values(clientVariables),
];
