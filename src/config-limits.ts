// The options of `baton serve` that keep one caller from taking what all need.

import type { ConfigOption } from './config.js';
import { readConnections, readMebibytes, readRate } from './config-values.js';
import { limits } from './limits.js';
import { type Rate, rateText } from './token-bucket.js';

export interface LimitConfig {
  /** Requests of each key, and of all keys together to each project. */
  readonly rateKey: Rate;
  readonly rateProject: Rate;
  /** Requests with a wrong key from each address. */
  readonly rateFailedKeys: Rate;
  /** Answers that there is nothing, to each key. */
  readonly rateNotFound: Rate;
  /** Open at a time, of all and of each address. */
  readonly connectionsMax: number;
  readonly connectionsPerAddress: number;
  /** Of request bodies that are held at a time. */
  readonly bodyMemoryMebibytes: number;
}

export const limitOptions: {
  readonly [Name in keyof LimitConfig]: ConfigOption<LimitConfig[Name]>;
} = {
  rateKey: rateOption({
    flag: '--rate-key',
    variable: 'BATON_RATE_KEY',
    help: 'requests a second of an API key, and the burst beyond; off: as many as come',
    fallback: { perSecond: 2_000, burst: 20_000 },
  }),
  rateProject: rateOption({
    flag: '--rate-project',
    variable: 'BATON_RATE_PROJECT',
    help: 'the same of all API keys together, to a project',
    fallback: { perSecond: 4_000, burst: 40_000 },
  }),
  rateFailedKeys: rateOption({
    flag: '--rate-failed-keys',
    variable: 'BATON_RATE_FAILED_KEYS',
    help: 'the same of requests with a wrong API key, from an address',
    fallback: { perSecond: 10, burst: 1_000 },
  }),
  rateNotFound: rateOption({
    flag: '--rate-not-found',
    variable: 'BATON_RATE_NOT_FOUND',
    help: 'the same of answers that there is nothing (404), to an API key',
    fallback: { perSecond: 500, burst: 10_000 },
  }),
  connectionsMax: {
    flag: '--connections-max',
    variable: 'BATON_CONNECTIONS_MAX',
    placeholder: 'COUNT',
    help: 'connections of clients at a time, at most',
    fallback: limits.connectionsDefault,
    fallbackHelp: String(limits.connectionsDefault),
    concerns: 'server',
    read: readConnections,
  },
  connectionsPerAddress: {
    flag: '--connections-per-address',
    variable: 'BATON_CONNECTIONS_PER_ADDRESS',
    placeholder: 'COUNT',
    help: 'the same of one address; those of trusted proxies do not count',
    fallback: limits.connectionsPerAddressDefault,
    fallbackHelp: String(limits.connectionsPerAddressDefault),
    concerns: 'server',
    read: readConnections,
  },
  bodyMemoryMebibytes: {
    flag: '--body-memory',
    variable: 'BATON_BODY_MEMORY',
    placeholder: 'MEBIBYTES',
    help: 'MiB of the request bodies that are held at a time, at most',
    fallback: limits.bodyMemoryMebibytesDefault,
    fallbackHelp: String(limits.bodyMemoryMebibytesDefault),
    concerns: 'server',
    read: readMebibytes,
  },
};

function rateOption(
  option: Pick<ConfigOption<Rate>, 'flag' | 'variable' | 'help' | 'fallback'>,
): ConfigOption<Rate> {
  return {
    ...option,
    placeholder: 'RATE:BURST',
    fallbackHelp: rateText(option.fallback),
    concerns: 'server',
    read: readRate,
  };
}
