// The alert rules and the dashboard of deploy/ ask only for what /metrics tells.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { baton } from './cli/baton.js';
import { lookUp, put } from './support/handoff-calls.js';
import { send } from './support/request.js';
import { startServer, type TestServer } from './support/server.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const { groups } = parse(read('deploy/prometheus/baton-alerts.yml')) as {
  groups: { rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const dashboard = read('deploy/grafana/baton.json');
const { panels } = JSON.parse(dashboard) as { panels: Panel[] };
const charts = panels.filter(({ type }) => type !== 'row');
const expressions = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...charts.flatMap(({ title, targets }) =>
    targets!.map(({ expr }): [string, string] => [title, expr]),
  ),
];
/** Which Prometheus adds itself. */
const labelsOfPrometheus = ['job', 'instance'];

let server: TestServer;
/** The values of each label of each series that the server tells, by its name. */
const served = new Map<string, Map<string, Set<string>>>();

beforeAll(async () => {
  server = await startServer();
  await put(server, { id: 'call-1', data: {} });
  await lookUp(server, { id: 'call-1' });
  const { text } = await send(`${server.url}/metrics`, { key: server.keys.admin });
  for (const [, name, labels] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const values = served.get(name!) ?? new Map<string, Set<string>>();
    served.set(name!, values);
    for (const [, label, value] of (labels ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
      values.set(label!, (values.get(label!) ?? new Set()).add(value!));
    }
  }
});
afterAll(() => server.stop());

test.each(expressions)('%s asks for what is served', (_, expression) => {
  const names = expression.match(/\b(?:baton|process)_\w+/g) ?? [];
  if (!expression.startsWith('up{')) expect(names).not.toEqual([]);
  for (const name of names) expect([...served.keys()]).toContain(name);

  for (const [, name, matchers] of expression.matchAll(/(\w+)\{([^}]*)\}/g)) {
    for (const [, label, how, value] of matchers!.matchAll(/(\w+)(=~?)"([^"]*)"/g)) {
      if (labelsOfPrometheus.includes(label!)) continue;
      const values = served.get(name!)!.get(label!);
      expect(values, `${name} has a label ${label}`).toBeDefined();
      if (how === '=') expect([...values!], `${name}: ${label}`).toContain(value);
    }
  }
  const labels = [...served.values()].flatMap((values) => [...values.keys()]);
  for (const [, grouped] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
    for (const label of grouped!.split(', ')) {
      expect([...labels, ...labelsOfPrometheus]).toContain(label);
    }
  }
});

describe('the alert rules', () => {
  test('say each what is wrong, where, how bad it is, and what to do', () => {
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, for: duration, labels, annotations } of rules) {
      expect(duration, alert).toMatch(/^\d+m$/);
      expect(['critical', 'warning'], alert).toContain(labels.severity);
      expect(annotations.summary, alert).toContain('{{ $labels.job }}');
      expect(annotations.description.length, alert).toBeGreaterThan(80);
    }
  });

  test('are the ones that the document lists', () => {
    const listed = [...read('deploy/prometheus/README.md').matchAll(/^\| `(Baton\w+)`/gm)];
    expect(listed.map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert));
  });

  test('name only commands and flags that exist', async () => {
    const text = rules.map(({ annotations }) => annotations.description).join('\n');
    const commands = [...text.matchAll(/`baton ([a-z ]*[a-z])( --[^`]*)?`/g)];
    expect(commands.length).toBeGreaterThan(3);
    for (const [, words, flags] of commands) {
      const { code, output } = await baton([...words!.split(' '), '--help']);
      expect([code, output], words).toEqual([0, expect.stringContaining(`Usage: baton ${words}`)]);
      for (const flag of flags?.match(/--[a-z-]+/g) ?? []) expect(output, words).toContain(flag);
    }
  });
});

describe('the dashboard', () => {
  test('takes the data source that it is given', () => {
    const sources = dashboard.matchAll(/"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]*)"/g);
    const named = [...sources].map(([, type, uid]) => `${type} ${uid}`);
    expect(named.length).toBeGreaterThan(2 * charts.length);
    expect(new Set(named)).toEqual(new Set([`prometheus \${datasource}`]));
  });

  test('says what each panel shows', () => {
    for (const { title, description } of charts) expect(description, title).toMatch(/\.$/);
  });

  test('has a place of its own for each panel', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), title).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });
});

test('the configuration of Prometheus loads the rules', () => {
  const { rule_files: files } = parse(read('deploy/prometheus/prometheus.yml')) as {
    rule_files: string[];
  };
  for (const file of files) expect(() => read(`deploy/prometheus/${file}`)).not.toThrow();
});

test('every metric stands in the documents', () => {
  const folder = fileURLToPath(new URL('../docs', import.meta.url));
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const documents = pages.map((name) => read(`docs/${name}`));
  const names = [...served.keys()].map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
  for (const name of new Set(names)) {
    expect(
      documents.some((text) => text.includes(`\`${name}\``)),
      name,
    ).toBe(true);
  }
});

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
}
