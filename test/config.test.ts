// The configuration: what flags and environment give, and what each mistake is answered with.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, configOptions } from '../src/config.js';
import type { LimitConfig } from '../src/config-limits.js';
import { limits } from '../src/limits.js';
import { maskedConfig, readConfig, UsageError } from '../src/read-config.js';

const masterKey = '0123456789abcdef'.repeat(4);

function problemsOf(flags: Parameters<typeof readConfig>[0], environment = {}): readonly string[] {
  try {
    readConfig(flags, environment);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe('without flags and variables', () => {
  it('is the documented default', () => {
    const { config, sources, warnings } = readConfig({}, {});

    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8787,
      dataDir: resolve('baton-data'),
      databaseUrl: null,
      databasePool: 10,
      region: 'us-1',
      masterKeyFile: null,
      masterKey: null,
      masterKeyCommand: null,
      logLevel: 'info',
      corsOrigins: [],
      popFrameOrigins: [],
      metricsPort: null,
      tlsCert: null,
      tlsKey: null,
      trustProxy: [],
      audit: 'fast',
      auditRetentionSeconds: 365 * 86_400,
    } satisfies Omit<Config, keyof LimitConfig>);
    expect(new Set(sources.values())).toEqual(new Set(['default']));
    expect(warnings).toEqual([]);
  });
});

describe('flags and variables', () => {
  it('reads every variable', () => {
    const { config, sources } = readConfig(
      {},
      {
        BATON_HOST: '::',
        BATON_PORT: '0',
        BATON_DATA_DIR: '/data',
        BATON_DATABASE_URL: 'postgres://db/states',
        BATON_DATABASE_POOL: '20',
        BATON_REGION: 'euw-1',
        BATON_MASTER_KEY: masterKey,
        BATON_LOG_LEVEL: 'warn',
        BATON_CORS_ORIGIN: 'https://desk.example.com, http://localhost:3000',
        BATON_METRICS_PORT: '9090',
        BATON_TLS_CERT: '/tls/cert.pem',
        BATON_TLS_KEY: '/tls/key.pem',
        BATON_TRUST_PROXY: '10.0.0.0/8, fd00::7',
      },
    );

    expect(config).toMatchObject({ host: '::', port: 0, dataDir: '/data', region: 'euw-1' });
    expect(config).toMatchObject({ masterKey, logLevel: 'warn', metricsPort: 9090 });
    expect(config).toMatchObject({ databaseUrl: 'postgres://db/states', databasePool: 20 });
    expect(config.corsOrigins).toEqual(['https://desk.example.com', 'http://localhost:3000']);
    expect(config).toMatchObject({ tlsCert: '/tls/cert.pem', tlsKey: '/tls/key.pem' });
    expect(config.trustProxy).toEqual(['10.0.0.0/8', 'fd00::7']);
    expect(sources.get('masterKey')).toBe('environment');
  });

  it('lets a flag beat the environment, and says where a value comes from', () => {
    const { config, sources } = readConfig(
      { port: '80' },
      { BATON_PORT: '81', BATON_HOST: '0.0.0.0' },
    );

    expect(config).toMatchObject({ port: 80, host: '0.0.0.0' });
    expect(sources.get('port')).toBe('flag');
    expect(sources.get('host')).toBe('environment');
    expect(sources.get('region')).toBe('default');
  });

  it('does not look at a bad variable that a flag beats', () => {
    expect(problemsOf({ port: '80' }, { BATON_PORT: 'x' })).toEqual([]);
  });

  it('takes an empty variable as not given, an empty flag as a mistake', () => {
    expect(readConfig({}, { BATON_REGION: '' }).config.region).toBe('us-1');
    expect(problemsOf({ region: '' })).toHaveLength(1);
  });

  it('lets a master key file by flag beat the master key of the environment', () => {
    const { config, sources } = readConfig({ masterKeyFile: 'k' }, { BATON_MASTER_KEY: masterKey });

    expect(config).toMatchObject({ masterKeyFile: resolve('k'), masterKey: null });
    expect(sources.get('masterKey')).toBe('default');
  });
});

describe('mistakes', () => {
  const bad: [keyof Config, string[]][] = [
    ['host', ['', 'http://localhost', '[::1]', '1.2.3', '256.1.1.1', 'a b', '-a']],
    ['port', ['', '-1', '1.5', '65536', '0x50', '80 ', 'http', '1e3']],
    ['dataDir', ['', ' ', 'a\0b']],
    ['databaseUrl', ['', 'mysql://a/b', 'host/db', 'postgres:///db', 'postgres://a:b/c']],
    ['databasePool', ['', '0', '-2', '2.5', '1e2', 'x']],
    ['region', ['', 'US-1', '-us', 'us_1', 'a'.repeat(33)]],
    ['masterKeyFile', ['', 'a\0b']],
    ['masterKey', ['short', 'g'.repeat(64), masterKey.slice(1), 'A'.repeat(42)]],
    ['logLevel', ['', 'INFO', 'verbose']],
    [
      'corsOrigins',
      ['', '*', 'null', 'https://a.example/', 'https://a.example,', 'a.example', 'ftp://a'],
    ],
    ['metricsPort', ['', '65536', 'x']],
    [
      'trustProxy',
      ['', '*', 'true', 'proxy.example', '10.0.0.1,', '10.0.0', '10.0.0.0/0', '10.0.0.0/33'].concat(
        ['10.0.0.0/', '10.0.0.0/08', '::/0', '::/129', 'fe80::1%eth0', '[::1]', '1.1.1.1:80'],
      ),
    ],
  ];
  const cases = bad.flatMap(([name, texts]) => texts.map((text) => ({ name, text })));

  it.each(cases)('refuses $name of $text in one sentence that names it', ({ name, text }) => {
    const option = configOptions[name];
    const problems =
      option.flag === null
        ? problemsOf({}, { [option.variable]: text })
        : problemsOf({ [name]: text });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${option.flag ?? option.variable}: found .*; .*\\.$`));
  });

  it('never repeats a value', () => {
    const problems = problemsOf(
      { port: 'hunter2', host: 'hunter2 x', region: 'Hunter2', corsOrigins: 'hunter2' },
      { BATON_MASTER_KEY: 'hunter2', BATON_LOG_LEVEL: 'hunter2', BATON_DATABASE_URL: 'hunter2' },
    );

    expect(problems).toHaveLength(7);
    expect(problems.join().toLowerCase()).not.toContain('hunter2');
  });

  it('reports all problems at once, each by the name that was used', () => {
    expect(problemsOf({ port: 'x' }, { BATON_HOST: 'a b', BATON_LOG_LEVEL: 'wran' })).toEqual([
      expect.stringMatching(/^BATON_HOST: /),
      expect.stringMatching(/^--port: /),
      expect.stringMatching(/^BATON_LOG_LEVEL: .*did you mean warn\?/),
    ]);
  });

  it('takes as many connections as the limits allow', () => {
    const { databasePoolMin: least, databasePoolMax: most } = limits;
    for (const count of [least, most]) {
      expect(readConfig({ databasePool: `${count}` }, {}).config.databasePool).toBe(count);
    }
    for (const count of [least - 1, most + 1]) {
      expect(problemsOf({ databasePool: `${count}` })).toEqual([
        expect.stringContaining(`from ${least} to ${most}`),
      ]);
    }
  });

  it('asks for the master key of a database, once and by the name that was used', () => {
    const databaseUrl = 'postgres://ada:hunter2@db/states';
    const told = problemsOf({ databaseUrl });
    expect(told).toEqual([expect.stringMatching(/^--database-url: found no master key/)]);
    expect(told[0]).toContain('`openssl rand -hex 32 > master.key`');
    expect(told[0]).not.toContain('hunter2');
    expect(problemsOf({}, { BATON_DATABASE_URL: databaseUrl })).toEqual([
      expect.stringMatching(/^BATON_DATABASE_URL: /),
    ]);

    expect(problemsOf({ databaseUrl, masterKeyFile: 'k', dataDir: 'd' })).toEqual([]);
    expect(problemsOf({ databaseUrl }, { BATON_MASTER_KEY: masterKey })).toEqual([]);
    expect(problemsOf({ databaseUrl }, { BATON_MASTER_KEY: 'short' })).toEqual([
      expect.stringMatching(/^BATON_MASTER_KEY: /),
    ]);
  });

  it('refuses a certificate without its key, and the reverse', () => {
    expect(problemsOf({ tlsCert: 'c' })).toEqual([
      '--tls-cert: found no --tls-key beside it; give both for HTTPS, or none.',
    ]);
    expect(problemsOf({}, { BATON_TLS_KEY: 'k' })).toEqual([
      'BATON_TLS_KEY: found no --tls-cert beside it; give both for HTTPS, or none.',
    ]);
    expect(problemsOf({ tlsCert: 'c' }, { BATON_TLS_KEY: 'k' })).toEqual([]);
    expect(problemsOf({ tlsCert: 'c', tlsKey: '' })).toHaveLength(1);
  });

  it.each(['-----BEGIN PRIVATE KEY----- hunter2', 'hunter2\nhunter2'])(
    'never takes a key itself, %j, for the path of one',
    (text) => {
      const told = problemsOf({}, { BATON_TLS_CERT: 'c', BATON_TLS_KEY: text });
      expect(told).toEqual([expect.stringMatching(/^BATON_TLS_KEY: .* put the PEM text into a/)]);
      expect(told[0]).not.toContain('hunter2');
    },
  );

  it('refuses two master keys, and one port for two things', () => {
    const both = { BATON_MASTER_KEY: masterKey, BATON_MASTER_KEY_FILE: 'k' };
    expect(problemsOf({}, both)).toEqual([expect.stringMatching(/found 2 of them; give one/)]);
    expect(problemsOf({ port: '1', metricsPort: '1' })).toEqual([
      expect.stringMatching(/same port/),
    ]);
    expect(problemsOf({ port: '0', metricsPort: '0' })).toEqual([]);
  });

  it.each(['dGhpcnR5LXR3byBieXRlcyBvZiBhIG1hc3RlciBrZXk=', masterKey.toUpperCase()])(
    'takes a master key as base64 or hexadecimal digits of either case',
    (text) => {
      expect(problemsOf({}, { BATON_MASTER_KEY: text })).toEqual([]);
    },
  );
});

describe('the environment', () => {
  it('warns of unknown variables with the nearest name', () => {
    const { warnings } = readConfig({}, { BATON_PROT: '80', BATON_ZEBRA: '1', OTHER: '1' });

    expect(warnings).toEqual([
      expect.stringMatching(/^BATON_PROT: .*did you mean BATON_PORT\?$/),
      expect.stringMatching(/^BATON_ZEBRA: .*unset it$/),
    ]);
  });

  it('knows the variables of the commands that call a server', () => {
    const environment = {
      BATON_URL: 'http://127.0.0.1:8787',
      BATON_API_KEY: 'k',
      BATON_ACCOUNT: 'demo',
      BATON_PROJECT: 'demo',
    };
    expect(readConfig({}, environment).warnings).toEqual([]);
  });

  it('ignores what container platforms inject', () => {
    const { config, warnings } = readConfig(
      {},
      {
        BATON_PORT: 'tcp://10.0.0.1:8787',
        BATON_SERVICE_HOST: '10.0.0.1',
        BATON_SERVICE_PORT: '8787',
        BATON_SERVICE_PORT_HTTP: '8787',
        BATON_PORT_8787_TCP: 'tcp://10.0.0.1:8787',
        BATON_PORT_8787_TCP_PROTO: 'tcp',
        BATON_PORT_8787_TCP_PORT: '8787',
        BATON_PORT_8787_TCP_ADDR: '10.0.0.1',
        BATON_METRICS_PORT: 'tcp://10.0.0.2:9090',
        BATON_METRICS_SERVICE_HOST: '10.0.0.2',
      },
    );

    expect(config).toMatchObject({ port: 8787, metricsPort: null });
    expect(warnings).toEqual([]);
  });
});

describe('what may be shown', () => {
  it('hides the password of the database', () => {
    const databaseUrl = 'postgres://ada:hunter2@a:1,b:2/states';
    const { config } = readConfig({ databaseUrl, masterKeyFile: 'k' }, {});
    expect(maskedConfig(config).databaseUrl).toBe('postgres://ada:***@a:1,b:2/states');
  });

  it('hides the master key', () => {
    const { config } = readConfig({}, { BATON_MASTER_KEY: masterKey });
    expect(JSON.stringify(maskedConfig(config))).not.toContain(masterKey);
    expect(maskedConfig(config).masterKey).toBe('***');
  });
});
