// Every option of `baton serve` in one table.

import { resolve } from 'node:path';
import { type LimitConfig, limitOptions } from './config-limits.js';
import {
  type AuditMode,
  auditModes,
  type LogLevel,
  logLevels,
  readAddresses,
  readAuditMode,
  readAuditRetention,
  readCommand,
  readDatabasePool,
  readDatabaseUrl,
  readHost,
  readLogLevel,
  readMasterKey,
  readOrigins,
  readPath,
  readPemPath,
  readPort,
  readRegion,
} from './config-values.js';
import { durationText } from './duration.js';
import { limits } from './limits.js';

export interface Config extends LimitConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** An absolute path. */
  readonly dataDir: string;
  /** As `parseDatabaseUrl` reads it; null: SQLite in the data directory. */
  readonly databaseUrl: string | null;
  /** Connections of this process to PostgreSQL, at most. */
  readonly databasePool: number;
  readonly region: string;
  readonly masterKeyFile: string | null;
  /** From the environment only, since arguments are visible to other users of the machine. */
  readonly masterKey: string | null;
  /** A shell command that prints the master keys. */
  readonly masterKeyCommand: string | null;
  readonly logLevel: LogLevel;
  readonly corsOrigins: readonly string[];
  /** Origins whose pages may show a screen pop in a frame. */
  readonly popFrameOrigins: readonly string[];
  readonly metricsPort: number | null;
  /** Absolute paths; both or none. Null: plain HTTP. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` counts. */
  readonly trustProxy: readonly string[];
  readonly audit: AuditMode;
  readonly auditRetentionSeconds: number;
}

export interface ConfigOption<Value> {
  /** Null: only from the environment. */
  readonly flag: `--${string}` | null;
  readonly variable: `BATON_${string}`;
  readonly placeholder: string;
  readonly help: string;
  /** The value where none is given, and how help and documents say it. */
  readonly fallback: Value;
  readonly fallbackHelp: string;
  /** `store`: the commands that work on the store itself take it too. */
  readonly concerns: 'store' | 'server';
  /** Throws `invalid_request` with a sentence that begins with `name`. */
  readonly read: (name: string, text: string) => NonNullable<Value>;
}

export type ConfigOptions = { readonly [Name in keyof Config]: ConfigOption<Config[Name]> };

export const configOptions: ConfigOptions = {
  host: {
    flag: '--host',
    variable: 'BATON_HOST',
    placeholder: 'ADDRESS',
    help: 'address to listen on; 0.0.0.0 or :: for all of them',
    fallback: '127.0.0.1',
    fallbackHelp: '127.0.0.1',
    concerns: 'server',
    read: readHost,
  },
  port: {
    flag: '--port',
    variable: 'BATON_PORT',
    placeholder: 'PORT',
    help: 'port to listen on; 0 takes any free one',
    fallback: 8787,
    fallbackHelp: '8787',
    concerns: 'server',
    read: readPort,
  },
  dataDir: {
    flag: '--data-dir',
    variable: 'BATON_DATA_DIR',
    placeholder: 'DIRECTORY',
    help: 'directory of the SQLite store; not used with a database URL',
    fallback: resolve('baton-data'),
    fallbackHelp: './baton-data',
    concerns: 'store',
    read: readPath,
  },
  databaseUrl: {
    flag: '--database-url',
    variable: 'BATON_DATABASE_URL',
    placeholder: 'URL',
    help:
      'postgres://USER@HOST:PORT,…/DATABASE of a PostgreSQL store; with a password better in ' +
      'the variable, since `ps` shows flags to other users',
    fallback: null,
    fallbackHelp: 'SQLite in the data directory',
    concerns: 'store',
    read: readDatabaseUrl,
  },
  databasePool: {
    flag: '--database-pool',
    variable: 'BATON_DATABASE_POOL',
    placeholder: 'COUNT',
    help: 'connections of this process to PostgreSQL, at most',
    fallback: limits.databasePoolDefault,
    fallbackHelp: String(limits.databasePoolDefault),
    concerns: 'server',
    read: readDatabasePool,
  },
  region: {
    flag: '--region',
    variable: 'BATON_REGION',
    placeholder: 'REGION',
    help: 'region that this deployment serves: us-1, uk-1, euw-1 or a name of your own',
    fallback: 'us-1',
    fallbackHelp: 'us-1',
    concerns: 'store',
    read: readRegion,
  },
  masterKeyFile: {
    flag: '--master-key-file',
    variable: 'BATON_MASTER_KEY_FILE',
    placeholder: 'FILE',
    help: 'file with the master key: 64 hexadecimal digits or the base64 of 32 bytes',
    fallback: null,
    fallbackHelp: 'made in the data directory; must be given with a database URL',
    concerns: 'store',
    read: readPath,
  },
  masterKey: {
    flag: null,
    variable: 'BATON_MASTER_KEY',
    placeholder: 'KEY',
    help: 'the master key itself, in place of a file',
    fallback: null,
    fallbackHelp: 'the master key file',
    concerns: 'store',
    read: readMasterKey,
  },
  masterKeyCommand: {
    flag: null,
    variable: 'BATON_MASTER_KEY_COMMAND',
    placeholder: 'COMMAND',
    help: 'command that prints the master key, as a client of a KMS or a vault does',
    fallback: null,
    fallbackHelp: 'the master key file',
    concerns: 'store',
    read: readCommand,
  },
  logLevel: {
    flag: '--log-level',
    variable: 'BATON_LOG_LEVEL',
    placeholder: 'LEVEL',
    help: `least level that is logged: ${logLevels.join(', ')}`,
    fallback: 'info',
    fallbackHelp: 'info',
    concerns: 'server',
    read: readLogLevel,
  },
  corsOrigins: {
    flag: '--cors-origin',
    variable: 'BATON_CORS_ORIGIN',
    placeholder: 'ORIGIN',
    help: 'origins whose browsers may call, separated by commas',
    fallback: [],
    fallbackHelp: 'none',
    concerns: 'server',
    read: readOrigins,
  },
  popFrameOrigins: {
    flag: '--pop-frame-origin',
    variable: 'BATON_POP_FRAME_ORIGINS',
    placeholder: 'ORIGIN',
    help: 'origins whose pages may show a screen pop in a frame; repeat, or separate by commas',
    fallback: [],
    fallbackHelp: 'none',
    concerns: 'server',
    read: readOrigins,
  },
  metricsPort: {
    flag: '--metrics-port',
    variable: 'BATON_METRICS_PORT',
    placeholder: 'PORT',
    help: 'port that serves /metrics to all on the same host; else it needs an admin key',
    fallback: null,
    fallbackHelp: 'none',
    concerns: 'server',
    read: readPort,
  },
  tlsCert: {
    flag: '--tls-cert',
    variable: 'BATON_TLS_CERT',
    placeholder: 'FILE',
    help: "PEM file of the server's certificate and those that it was signed by, for HTTPS",
    fallback: null,
    fallbackHelp: 'none: plain HTTP',
    concerns: 'server',
    read: readPemPath,
  },
  tlsKey: {
    flag: '--tls-key',
    variable: 'BATON_TLS_KEY',
    placeholder: 'FILE',
    help: "PEM file of the certificate's private key, without a passphrase",
    fallback: null,
    fallbackHelp: 'none: plain HTTP',
    concerns: 'server',
    read: readPemPath,
  },
  trustProxy: {
    flag: '--trust-proxy',
    variable: 'BATON_TRUST_PROXY',
    placeholder: 'ADDRESSES',
    help: 'proxies whose X-Forwarded-For counts: addresses and ranges, separated by commas',
    fallback: [],
    fallbackHelp: 'none',
    concerns: 'server',
    read: readAddresses,
  },
  audit: {
    flag: '--audit',
    variable: 'BATON_AUDIT',
    placeholder: 'WAY',
    help: `how calls are audited: ${auditModes.join(', ')}`,
    fallback: 'fast',
    fallbackHelp: 'fast',
    concerns: 'server',
    read: readAuditMode,
  },
  auditRetentionSeconds: {
    flag: '--audit-retention',
    variable: 'BATON_AUDIT_RETENTION',
    placeholder: 'DURATION',
    help: 'how long the audit is kept, such as 90d',
    fallback: limits.auditRetentionSecondsDefault,
    fallbackHelp: durationText(limits.auditRetentionSecondsDefault),
    concerns: 'server',
    read: readAuditRetention,
  },
  ...limitOptions,
};
