// Browsers of other origins are refused unless the operator named them.

import { afterAll, expect, test } from 'vitest';
import { lookUp, put } from '../support/handoff-calls.js';
import { send } from '../support/request.js';
import { startServer } from '../support/server.js';

const closed = await startServer();
const named = ['https://desk.example', 'http://localhost:5173'];
const open = await startServer({ corsOrigins: named });
afterAll(() => Promise.all([closed.stop(), open.stop()]));

const preflight = (stateUrl: string, origin: string) =>
  send(stateUrl, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-api-key,content-type,if-match',
    },
  });

test('without a named origin no browser of another origin is let in', async () => {
  for (const origin of [...named, 'null', closed.url]) {
    const asked = await preflight(closed.stateUrl, origin);
    expect([origin, asked.status]).toEqual([origin, 405]);
    const found = await lookUp(closed, { id: 'nobody' }, { headers: { origin } });
    for (const { headers } of [asked, found]) expect(corsHeaders(headers)).toEqual([]);
  }
});

test('a named origin may ask, write and read the headers of the answer', async () => {
  for (const origin of named) {
    const asked = await preflight(open.stateUrl, origin);
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, origin]);
    expect(asked.headers['access-control-allow-methods']).toMatch(/PUT.*PATCH.*DELETE/);
    expect(asked.headers['access-control-allow-headers']).toContain('x-api-key');
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();

    const answers = [
      await put(open, { id: 'call-1', data: {} }, { headers: { origin } }),
      await lookUp(open, { id: 'call-1' }, { headers: { origin } }),
      await lookUp(open, { id: 'nobody' }, { headers: { origin } }),
      await lookUp(open, { id: 'call-1' }, { headers: { origin }, key: 'not-a-key' }),
    ];
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-expose-headers']).toMatch(
        /ETag.*X-Request-Id.*Baton-Withheld/,
      );
      expect(headers.vary).toMatch(/origin/i);
    }
  }
});

test('an origin that is not named is refused, however like a named one', async () => {
  const others = [
    'https://evil.example',
    'https://desk.example.evil.example',
    'https://desk.example:8443',
    'http://desk.example',
    'https://DESK.example/',
    'null',
  ];
  for (const origin of others) {
    const asked = await preflight(open.stateUrl, origin);
    const found = await lookUp(open, { id: 'call-1' }, { headers: { origin } });
    for (const { headers } of [asked, found]) {
      expect([origin, headers['access-control-allow-origin']]).toEqual([origin, undefined]);
    }
  }
});

function corsHeaders(headers: object): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
}
