// The page at /docs: whole, safe, readable by everybody, and its examples work when pasted.

import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusOfCode } from '../../src/error.js';
import { html, prose } from '../../src/http/html.js';
import type { OpenApiDocument } from '../../src/http/openapi-document.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { temporaryDirectory } from '../support/test-config.js';

const directory = temporaryDirectory();
let server: TestServer;
let answer: Received;
let page: string;
let style: string;
let document: OpenApiDocument;

beforeAll(async () => {
  server = await startServer();
  answer = await send(`${server.url}/docs`);
  page = answer.text;
  style = (await send(`${server.url}/docs/style.css`)).text;
  document = (await send(`${server.url}/openapi.json`)).json;
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await server.stop();
});

describe('safety', () => {
  it.each(['/docs', '/docs/style.css', '/openapi.json'])('%s has strict headers', async (path) => {
    const { status, headers } = await send(server.url + path);
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('needs its style sheet and nothing else: no script, no style inside, no other host', () => {
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page).not.toMatch(/<script|<style|<img|<iframe|\sstyle=|\son\w+=|javascript:/i);
    const places = [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, place]) => place!);
    const outside = places.filter((place) => !place.startsWith('#'));
    expect(new Set(outside)).toEqual(new Set(['docs/style.css', 'openapi.json']));
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('every value in a template is escaped', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const safe = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;';
    expect(html`<p title="${evil}">${evil}</p>`.text).toBe(`<p title="${safe}">${safe}</p>`);
    expect(prose(`${evil} \`${evil}\``).text).toBe(`${safe} <code>${safe}</code>`);
    expect(html`<ul>${[html`<li>${evil}</li>`]}</ul>`.text).toBe(`<ul><li>${safe}</li></ul>`);
  });
});

describe('content', () => {
  it('has each call with its method, path, permission, parameters, body and codes', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (method === 'head') continue;
        const section = sectionOf(operation.operationId);
        expect(section).toContain(operation.summary);
        expect(section).toContain(`>${method.toUpperCase()}</span>`);
        expect(textOf(section)).toContain(path);
        expect(textOf(section)).toContain(
          operation['x-permission'] === undefined
            ? 'Needs no key.'
            : `Needs a key with ${operation['x-permission']}.`,
        );
        for (const name of namesOf(operation)) expect(section).toContain(`<code>${name}</code>`);
        for (const status of Object.keys(operation.responses)) {
          expect(textOf(section), operation.operationId).toMatch(new RegExp(`\\b${status}\\b`));
        }
      }
    }
  });

  it('explains every error code', () => {
    for (const [code, status] of Object.entries(statusOfCode)) {
      const row = new RegExp(`<dt id="${code}">.*?</dd>`, 's').exec(page)?.[0] ?? '';
      expect(textOf(row)).toMatch(new RegExp(`^${code}\\s+${status}\\s+\\S.{30}`));
    }
  });

  it.each([
    ['Request body', '64 KiB'],
    ['data, as UTF-8 without white space', '32 KiB'],
    ['Members of all objects in data together', '2,000'],
    ['Retention of a project', '1 minute to 400 days; 7 days unless set'],
    ['Wait of a look-up', 'up to 20 seconds'],
    ['Look-ups that wait at once', '1,000 a key, 10,000 a server'],
    ['Items of a page', '1 to 200; 50 unless set'],
  ])('tells the limit of: %s', (what, much) => {
    expect(textOf(page)).toContain(`${what}${much}`);
  });
});

describe('reading it', () => {
  it('has one main, a named navigation, and a skip link before everything else', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.match(/<main id="main">/g)).toHaveLength(1);
    expect(page.match(/<nav aria-label="Contents">/g)).toHaveLength(1);
    expect(/<body>\s*(<a [^>]*>)/.exec(page)?.[1]).toBe('<a class="skip" href="#main">');
  });

  it('has headings that skip no level, and one of the first', () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, place) => {
      expect(level).toBeLessThanOrEqual((levels[place - 1] ?? 0) + 1);
    });
  });

  it('has no link inside that leads nowhere, and no id twice', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)];
    expect(named.length).toBeGreaterThan(50);
    for (const [, id] of named) expect(ids).toContain(id);
  });

  it.each(['light', 'dark'])('has a contrast of 4.5 at least (WCAG AA), %s', (scheme) => {
    const colours = coloursOf(scheme);
    for (const paper of ['paper', 'shade']) {
      for (const ink of ['ink', 'quiet', 'link', 'read', 'write', 'make', 'erase']) {
        const found = contrast(colours[ink]!, colours[paper]!);
        expect(found, `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

it('every example works when pasted, from the top to the bottom', async () => {
  const examples = [...page.matchAll(/<pre tabindex="0"><code>(curl .*?)<\/code>/gs)];
  expect(examples.length).toBeGreaterThan(15);
  const write = examples.find(([, example]) => example!.startsWith('curl -X PUT '))![1]!;
  const known = { KEY_ID: '', CSRF_TOKEN: '', TOKEN: '' };
  for (const [, example] of examples) {
    // What the erasure of one state has taken is there again for a link, and the erasure of many.
    const isAfterErasure = /\/handoff_states\?alias=|\/handoff_state\/links/.test(example!);
    if (isAfterErasure) await paste(unescaped(write), known);
    // A stream of events goes on until somebody ends it.
    const isEndless = example!.includes('/events');
    const command = unescaped(example!);
    const output = await paste(isEndless ? `${command} | head -n 1` : command, known);
    known.KEY_ID = /"key_id":"(\w+)"/.exec(output)?.[1] ?? known.KEY_ID;
    known.CSRF_TOKEN = /"csrf_token":"([\w-]+)"/.exec(output)?.[1] ?? known.CSRF_TOKEN;
    known.TOKEN = /\/pop\/([^"]+)"/.exec(output)?.[1] ?? known.TOKEN;
  }
});

/** Fails where the shell, curl or the server does. */
async function paste(command: string, known: Record<string, string>): Promise<string> {
  const failing = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n';
  const { stdout } = await promisify(execFile)('sh', ['-c', failing + command], {
    env: {
      PATH: process.env['PATH'],
      BATON_URL: server.url,
      ACCOUNT: 'demo',
      PROJECT: 'demo',
      READ_KEY: server.keys.read,
      WRITE_KEY: server.keys.write,
      ADMIN_KEY: server.keys.admin,
      ...known,
    },
    cwd: directory,
  });
  return stdout;
}

function sectionOf(id: string): string {
  return new RegExp(`<article aria-labelledby="${id}">.*?</article>`, 's').exec(page)?.[0] ?? '';
}

function namesOf(operation: OpenApiDocument['paths'][string]['get']): string[] {
  const parameters = (operation!.parameters ?? []).map((part) =>
    'name' in part ? part.name : document.components.parameters[part.$ref.split('/')[3]!]!.name,
  );
  const body = Object.values(operation!.requestBody?.content ?? {})[0]?.schema.$ref;
  const schema = document.components.schemas[body?.split('/')[3] ?? ''];
  return [...parameters, ...Object.keys(schema?.properties ?? {})];
}

function textOf(part: string): string {
  return unescaped(part.replace(/<[^>]*>/g, ''));
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function coloursOf(scheme: string): Record<string, string> {
  const [light, dark] = style.split('@media (prefers-color-scheme: dark)');
  const text = scheme === 'light' ? light! : dark!;
  const found = [...text.matchAll(/--(\w+): (#[0-9a-f]{6})/g)];
  return Object.fromEntries(found.map(([, name, colour]) => [name, colour]));
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const both = [luminance(one), luminance(other)];
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const part = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
