// The console's files as the server gives them: one page for every address, packed, under a policy.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let page: string;

beforeAll(async () => {
  server = await startServer();
  page = await (await fetch(`${server.url}/console`)).text();
});

afterAll(() => server.stop());

const addresses = [
  '/console',
  '/console/',
  '/console/keys',
  '/console/projects/demo/handoffs?q=call-1&status=missed',
  '/console/projects/demo/handoffs/one?id=call-1',
];

it.each(addresses)('%s is the page, and is asked for anew each time', async (address) => {
  const answer = await fetch(server.url + address);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(await answer.text()).toBe(page);
});

it('loads nothing but its own files, runs nothing inside the page, and is in no frame', async () => {
  const { headers } = await fetch(`${server.url}/console`);
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
      "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)/i);
  const places = [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, place]) => place!);
  expect(places.length).toBeGreaterThan(1);
  for (const place of places) expect(place).toMatch(/^\/console\/assets\/[\w.-]+$/);
});

describe('an asset', () => {
  const types: Record<string, string> = {
    css: 'text/css; charset=utf-8',
    js: 'text/javascript; charset=utf-8',
    svg: 'image/svg+xml',
  };

  it('of each kind is kept for good under its name, and has its type', async () => {
    const assets = [...page.matchAll(/\/console\/assets\/[\w-]+\.(\w+)/g)];
    expect(new Set(assets.map(([, ending]) => ending))).toEqual(new Set(Object.keys(types)));
    for (const [address, ending] of assets) {
      const { status, headers } = await fetch(server.url + address);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe(types[ending!]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('comes packed to who can unpack it, with the same content', async () => {
    const address = server.url + /\/console\/assets\/[\w-]+\.js/.exec(page)![0];
    const packed = await fetch(address, { headers: { 'accept-encoding': 'gzip' } });
    const plain = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.headers.get('vary')).toBe('accept-encoding');
    const packedBytes = Number(packed.headers.get('content-length'));
    expect(packedBytes).toBeLessThan(Number(plain.headers.get('content-length')));
    expect(await packed.text()).toBe(await plain.text());
  });

  it.each(['none.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fmain.js', 'index.html'])(
    'that is not there is not found: %s',
    async (name) => {
      const answer = await fetch(`${server.url}/console/assets/${name}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error_code: 'not_found' });
    },
  );
});

it('takes GET and HEAD alone', async () => {
  const head = await fetch(`${server.url}/console`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const { status, headers } = await fetch(`${server.url}/console/keys`, { method });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
});
