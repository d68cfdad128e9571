// What each option allows and the options together do not.

import { type Config, configOptions } from './config.js';
import type { ConfigReading } from './read-config.js';

type Sources = ConfigReading['sources'];

/** One sentence for each contradiction. */
export function contradictions(config: Config, sources: Sources): string[] {
  return [
    ...masterKeyContradictions(config, sources),
    ...tlsContradictions(sources),
    ...portContradictions(config),
  ];
}

const masterKeyOptions = ['masterKey', 'masterKeyFile', 'masterKeyCommand'] as const;

function masterKeyContradictions(config: Config, sources: Sources): string[] {
  const problems: string[] = [];
  // By source, since a master key that was refused is null too.
  const keySources = masterKeyOptions.map((name) => sources.get(name));
  if (config.databaseUrl !== null && keySources.every((source) => source === 'default')) {
    const name = sources.get('databaseUrl') === 'flag' ? '--database-url' : 'BATON_DATABASE_URL';
    problems.push(
      `${name}: found no master key beside it; ` +
        'make one with `openssl rand -hex 32 > master.key`, keep a copy, and give it to every ' +
        'node and command with --master-key-file or BATON_MASTER_KEY.',
    );
  }
  const given = masterKeyOptions.filter((name) => config[name] !== null);
  if (given.length > 1) {
    const names = given.map((name) => configOptions[name].variable).join(' and ');
    problems.push(`${names}: found ${given.length} of them; give one.`);
  }
  return problems;
}

function tlsContradictions(sources: Sources): string[] {
  const cert = { name: 'tlsCert', flag: '--tls-cert', variable: 'BATON_TLS_CERT' } as const;
  const key = { name: 'tlsKey', flag: '--tls-key', variable: 'BATON_TLS_KEY' } as const;
  const [given, ...more] = [cert, key].filter(({ name }) => sources.get(name) !== 'default');
  if (given === undefined || more.length > 0) return [];

  const name = sources.get(given.name) === 'flag' ? given.flag : given.variable;
  const missing = given === cert ? key : cert;
  return [`${name}: found no ${missing.flag} beside it; give both for HTTPS, or none.`];
}

function portContradictions({ port, metricsPort }: Config): string[] {
  if (metricsPort === null || metricsPort === 0 || metricsPort !== port) return [];
  return ['--metrics-port: found the same port as --port; give another one.'];
}
