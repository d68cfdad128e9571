// How the command line answers a call that is wrong, and what its help says.

import { describe, expect, it } from 'vitest';
import { configOptions } from '../../src/config.js';
import { baton } from './baton.js';

describe('help and version', () => {
  it('prints the version', async () => {
    const { code, output } = await baton(['--version']);
    expect(code).toBe(0);
    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('names every command and every exit code', async () => {
    const { code, output } = await baton(['--help']);

    expect(code).toBe(0);
    const commands = ['serve', 'init', 'project', 'key', 'put', 'patch', 'get', 'erase', 'list'];
    for (const command of [...commands, 'migrate', 'doctor', 'config']) {
      expect(output).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(output).toContain(
      '0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused (401 or 403), 5 unreachable',
    );
  });

  it('names every option of serve with its variable and default', async () => {
    const { output } = await baton(['serve', '--help']);

    const text = output.replace(/\s+/g, ' ');
    for (const { flag, variable, placeholder, fallbackHelp } of Object.values(configOptions)) {
      if (flag !== null) expect(text).toContain(`${flag} ${placeholder} `);
      if (flag !== null) expect(text).toContain(`(${variable}; default: ${fallbackHelp})`);
      expect(text).toContain(variable);
    }
  });

  it('offers the flags of the store, and no others, to a command that works on it', async () => {
    const { output } = await baton(['key', 'create', '--help']);
    for (const flag of ['--data-dir', '--database-url', '--master-key-file', '--region']) {
      expect(output).toContain(flag);
    }
    expect(output).not.toContain('--port');
    expect(output).not.toContain('--database-pool');
  });

  it.each([[[]], [['key']]])('prints help as an error for %j alone', async (words) => {
    const { code, output, errors } = await baton(words);
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain('Commands:');
  });
});

describe('a mistake', () => {
  it.each([
    [['srve'], 'srve: no such command; did you mean serve?'],
    [['key', 'rovoke'], 'rovoke: no such command; did you mean revoke?'],
    [['zzz'], 'zzz: no such command; see `baton --help`.'],
    [['serve', '--prot', '80'], '--prot: no such option; did you mean --port?'],
    [['serve', '--prot=80'], '--prot: no such option; did you mean --port?'],
    [['--versoin'], '--versoin: no such option; did you mean --version?'],
    [['init', '--zzz'], '--zzz: no such option; see `baton init --help`.'],
    [['init', 'one', 'two'], 'Found 2 words too many; see `baton init --help`.'],
    [['init', '--json=yes'], '--json: found a value, but it takes none; give it alone.'],
    [['init', '--account', 'a', '--account', 'b'], '--account: found it 2 times; give it once.'],
    [['init', '--account'], '--account: found no value; give SLUG, after = if it begins with -.'],
    [['get'], '--id or --shared-id: found neither; give one of them.'],
    [
      ['get', '--id', 'a', '--shared-id', 'b'],
      '--id or --shared-id: found both; give one of them.',
    ],
  ])('%j exits 2 and says what to do', async (words, sentence) => {
    const { code, output, errors } = await baton(words);

    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors.split('\n')).toContain(sentence);
  });

  it('is told together with all others of the call, each once', async () => {
    const words = ['key', 'create', '--acount', 'a', '--permission', 'rw', '--expires', '5y'];
    const { code, errors } = await baton([...words, '--region', 'X', '--data-dir'], {
      environment: { BATON_MASTER_KEY: 'short', BATON_LOG_LEVEL: 'loud' },
    });

    expect(code).toBe(2);
    const told = errors
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/:.*/, ''));
    expect(told).toEqual([
      '--acount',
      '--account',
      '--permission',
      '--expires',
      '--data-dir',
      '--region',
      'BATON_MASTER_KEY',
      'BATON_LOG_LEVEL',
    ]);
  });

  it('is JSON on standard error with --json', async () => {
    const { code, output, errors } = await baton(['get', '--json']);

    expect(code).toBe(2);
    expect(output).toBe('');
    expect(JSON.parse(errors)).toEqual({
      error_message: expect.stringContaining('--id or --shared-id: found neither'),
      error_code: 'invalid_request',
    });
  });

  it.each(['90', '5y', '1.5d', '-1d', 'd', '90 d', '0s', '9999999d'])(
    'is a duration of %j',
    async (duration) => {
      const words = ['key', 'create', '--account', 'a', '--permission', 'read'];
      const { code, errors } = await baton([...words, `--expires=${duration}`]);
      expect(code).toBe(2);
      expect(errors).toMatch(/^--expires: found text of .* give a whole number with d, h, m or s/);
    },
  );

  it('is an overlap without a number', async () => {
    const { code, errors } = await baton(['key', 'rotate', 'x', '--overlap', 'd']);
    expect([code, errors]).toEqual([
      2,
      expect.stringMatching(/^--overlap: .* from 0s to 30d\.\n$/),
    ]);
  });

  it('never repeats a value', async () => {
    const { errors } = await baton(['get', '--url', 'hunter2', '--wait', 'hunter2', '--id='], {
      environment: { BATON_API_KEY: 'hunter2 hunter2' },
    });
    expect(errors.trimEnd().split('\n')).toHaveLength(6);
    expect(errors).not.toContain('hunter2');
  });
});

describe('the environment', () => {
  it('is warned of on standard error only', async () => {
    const { code, output, errors } = await baton(['config', '--json'], {
      environment: { BATON_PROT: '1', BATON_SERVICE_HOST: '10.0.0.1' },
    });

    expect(code).toBe(0);
    expect(JSON.parse(output).port.value).toBe(8787);
    expect(errors).toBe(
      'warning: BATON_PROT: no such variable, so it has no effect; did you mean BATON_PORT?\n',
    );
  });
});

describe('the database URL', () => {
  const databaseUrl = 'postgres://ada:hunter2@db:5432/states';

  it.each([
    ['serve'],
    ['init'],
    ['project list --account demo'],
    ['key list --account demo'],
    ['migrate'],
    ['doctor'],
    ['config'],
  ])('is taken by baton %s, which asks for the master key', async (words) => {
    const call = [...words.split(' '), '--database-url', databaseUrl];
    const { code, output, errors } = await baton(call);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(/^--database-url: found no master key .*`openssl rand -hex 32/);
    expect(errors).not.toContain('hunter2');
  });

  it.each([[[]], [['--json']]])('is refused without being repeated, with %j', async (words) => {
    const call = ['migrate', '--database-url', `${databaseUrl}?sslmod=hunter2`, ...words];
    const { code, errors } = await baton(call);
    expect(code).toBe(2);
    expect(errors).toContain('did you mean sslmode?');
    expect(errors).not.toContain('hunter2');
  });
});

describe('baton config', () => {
  const masterKey = '0123456789abcdef'.repeat(4);

  it('says what is in force and where each value comes from, secrets masked', async () => {
    const environment = { BATON_HOST: '0.0.0.0', BATON_MASTER_KEY: masterKey };
    const words = [
      'config',
      '--port',
      '80',
      '--cors-origin',
      'http://a',
      '--cors-origin',
      'http://b',
    ];
    const json = await baton([...words, '--json'], { environment });

    expect(JSON.parse(json.output)).toMatchObject({
      host: { flag: '--host', variable: 'BATON_HOST', value: '0.0.0.0', source: 'environment' },
      port: { value: 80, source: 'flag' },
      cors_origins: { value: ['http://a', 'http://b'], source: 'flag' },
      master_key: { flag: null, value: '***', source: 'environment' },
      region: { value: 'us-1', source: 'default' },
    });
    expect(json.output).not.toContain(masterKey);

    const table = await baton(words, { environment });
    expect(table.output).toMatch(/^--port +BATON_PORT +80 +flag$/m);
    expect(table.output).not.toContain(masterKey);
  });

  it.each([[[]], [['--json']]])('masks the password of the database, with %j', async (words) => {
    const environment = {
      BATON_DATABASE_URL: 'postgres://ada:hunter2@h1:1,h2:2/states?password=hunter2',
      BATON_MASTER_KEY: masterKey,
    };
    const { code, output } = await baton(['config', ...words], { environment });
    expect(code).toBe(0);
    expect(output).toContain('postgres://ada:***@h1:1,h2:2/states?password=***');
    expect(output).not.toContain('hunter2');
  });
});
