// The examples of deploy/: Baton takes their settings, and their documents tell what is so.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configOptions } from '../src/config.js';
import { readConfig } from '../src/read-config.js';
import { baton, batonJson, batonServe, newDirectory, type Server } from './cli/baton.js';
import { send } from './support/request.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(join(root, 'deploy'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));
const documents = ['docs/scaling.md', ...files.filter((path) => path.endsWith('.md'))];
const regions = ['us-1', 'uk-1', 'euw-1'];

describe('what stands in deploy/', () => {
  test('is found from docs/scaling.md, link by link, and no link leads nowhere', () => {
    const found = new Set(['docs/scaling.md']);
    for (const path of found) {
      for (const target of path.endsWith('.md') ? linksOf(path) : []) {
        expect(() => read(target), `${path} links to ${target}`).not.toThrow();
        found.add(target);
      }
    }
    expect([...found]).toEqual(expect.arrayContaining(files));
  });

  test('names no variable that Baton does not know', () => {
    const known = Object.values(configOptions).map(({ variable }) => variable as string);
    for (const path of [...files, 'docs/scaling.md']) {
      const named = read(path).matchAll(/\bBATON_[A-Z_]+/g);
      for (const [variable] of named) expect(known, `${path}: ${variable}`).toContain(variable);
    }
  });

  test('shows only commands and flags that exist', async () => {
    const shown = documents.flatMap((path) => commandsOf(path));
    expect(shown.map(([command]) => command)).toContain('migrate');
    for (const [command, flags] of shown) {
      const { code, output } = await baton(['help', command]);
      expect(code, `baton ${command}`).toBe(0);
      for (const flag of flags) expect(output, `baton ${command}`).toContain(flag);
    }
  });

  test('says of each table of the PostgreSQL store how Citus distributes it', () => {
    const folder = 'src/store/postgres/migrations';
    const schema = readdirSync(join(root, folder)).map((name) => read(join(folder, name)));
    const tables = [...schema.join('\n').matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name);
    expect(tables).toContain('handoff_state');
    for (const table of tables) {
      expect(read('deploy/citus/README.md')).toContain(`\`${table}\``);
      expect(read('deploy/citus/distribution.sql')).toContain(`'${table}'`);
    }
  });
});

describe('the settings are taken as they stand', () => {
  const unit = read('deploy/systemd/baton.service').replaceAll(/^Environment=/gm, '');
  const service = read('deploy/systemd/baton.env.example') + unit;
  const settings: [what: string, text: string][] = [
    ['the systemd unit on SQLite', service],
    ['the systemd unit on PostgreSQL', service.replaceAll('#BATON_', 'BATON_')],
    ...regions.map((region): [string, string] => [
      `region ${region}`,
      read(`deploy/three-regions/${region}.env`),
    ]),
  ];
  test.each(settings)('%s', (_, text) => {
    const { warnings, sources } = readConfig({}, variablesOf(text));
    expect(warnings).toEqual([]);
    expect(sources.get('region')).toBe('environment');
  });
});

describe('three regions', () => {
  const places = new Map<string, { server: Server; keys: Record<string, string> }>();
  const directories: string[] = [];

  beforeAll(async () => {
    for (const region of regions) {
      const { BATON_REGION } = variablesOf(read(`deploy/three-regions/${region}.env`));
      const directory = newDirectory();
      directories.push(directory);
      const options = { environment: { BATON_REGION: BATON_REGION!, BATON_DATA_DIR: directory } };
      const keys = await batonJson(['init', '--account', 'acme', '--project', 'support'], options);
      places.set(region, { keys, server: await batonServe([], options) });
    }
  });
  afterAll(async () => {
    for (const { server } of places.values()) await server.stop();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });

  const pairs = regions.flatMap((from) => regions.map((to): [string, string] => [from, to]));

  test.each(pairs)('a key of %s at %s', async (from, to) => {
    const url = `${places.get(to)!.server.url}/v1/acme/support/handoff_state`;
    const keys = places.get(from)!.keys;
    const body = { id: `of-${from}`, data: { region: from } };
    const written = await send(url, { method: 'PUT', key: keys['write_key']!, body });
    const found = await send(`${url}?id=of-${from}`, { key: keys['read_key']! });

    if (from === to) {
      expect([written.status, found.status]).toEqual([201, 200]);
      return;
    }
    for (const { status, json } of [written, found]) {
      expect(status).toBe(403);
      expect(json.error_code).toBe('forbidden');
      expect(json.error_message).toContain(
        `belongs to region ${from}, this server is region ${to}`,
      );
    }
    // Refused, and nothing was written on the way.
    const own = await send(`${url}?id=of-${from}`, { key: places.get(to)!.keys['read_key']! });
    expect(own.status).toBe(404);
  });
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The files that a document links to. */
function linksOf(path: string): string[] {
  // An expression that finds keys has a group after a class of characters.
  const links = read(path).matchAll(/\]\((?!https?:|#|\?:)([^)#]+)/g);
  return [...links].map(([, link]) => normalize(join(dirname(path), link!)));
}

/** `baton …` in the indented examples of a document: the command and the flags that it is given. */
function commandsOf(path: string): [command: string, flags: string[]][] {
  const examples = read(path).matchAll(
    /^ {4,}(?:npx baton|baton|docker compose run --rm baton-1) ([a-z]+(?:-[a-z]+)*)(.*)$/gm,
  );
  return [...examples].map(([, command, rest]) => [
    command!,
    rest!.split('#')[0]!.match(/--[a-z-]+/g) ?? [],
  ]);
}

/** The variables of a file for systemd, a shell or a container, quotes taken off. */
function variablesOf(text: string): Record<string, string> {
  const lines = text.matchAll(/^(BATON_[A-Z_]+)='?([^'\n]*)'?$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
}
