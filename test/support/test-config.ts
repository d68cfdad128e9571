// The configuration of a server or a store in a test: a free port, a directory of its own.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Config, configOptions } from '../../src/config.js';

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'baton-test-'));
}

export function testConfig(changes: Partial<Config> = {}): Config {
  return {
    host: '127.0.0.1',
    port: 0,
    dataDir: changes.dataDir ?? temporaryDirectory(),
    databaseUrl: null,
    databasePool: 10,
    region: configOptions.region.fallback,
    masterKeyFile: null,
    masterKey: null,
    masterKeyCommand: null,
    logLevel: 'debug',
    corsOrigins: [],
    popFrameOrigins: [],
    metricsPort: null,
    tlsCert: null,
    tlsKey: null,
    trustProxy: [],
    // Both ways of auditing in the one suite: each store has one of them, unless a test says which.
    audit: inject('auditMode'),
    auditRetentionSeconds: configOptions.auditRetentionSeconds.fallback,
    rateKey: configOptions.rateKey.fallback,
    rateProject: configOptions.rateProject.fallback,
    rateFailedKeys: configOptions.rateFailedKeys.fallback,
    rateNotFound: configOptions.rateNotFound.fallback,
    connectionsMax: configOptions.connectionsMax.fallback,
    connectionsPerAddress: configOptions.connectionsPerAddress.fallback,
    bodyMemoryMebibytes: configOptions.bodyMemoryMebibytes.fallback,
    ...changes,
  };
}
