// The bounded wait: a look-up that found nothing is held until the state is written.

import { afterAll, expect, test } from 'vitest';
import { untilWaiting } from '../support/admin-calls.js';
import { atOnce } from '../support/at-once.js';
import { askAgain } from '../support/busy-server.js';
import { erase, lookUp, patch, put } from '../support/handoff-calls.js';
import type { Received, Sent } from '../support/request.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());
const prefer = (text: string): Sent => ({ headers: { prefer: text } });

test.each(['not_found', 'expired', 'erased'])(
  'a wait bridges %s, by id, by shared id and by alias, and ends with the write',
  async (cause) => {
    const names = { id: cause, shared_id: `${cause}-s`, aliases: [`${cause}-a`] };
    if (cause !== 'not_found') await put(server, { ...names, data: { n: 1 }, ttl_seconds: 1 });
    if (cause === 'expired') server.clock.advance(1_000);
    if (cause === 'erased') await erase(server, { id: cause });

    const queries = [{ id: cause }, { shared_id: `${cause}-s` }, { shared_id: `${cause}-a` }];
    for (const query of queries) {
      const { json } = await lookUp(server, query);
      expect(json.error_code).toBe(`handoff_state_${cause}`);
    }
    const readings = queries.map((query) => lookUp(server, { ...query, wait: '15' }));
    await untilWaiting(server, 3);
    const written = await put(server, { ...names, data: { n: 2 } });
    for (const found of await Promise.all(readings)) {
      expect([found.status, found.text]).toEqual([200, written.text]);
      expect(found.headers.etag).toBe(written.headers.etag);
      expect(found.headers['preference-applied']).toBe('wait=15');
    }
  },
);

test('a reader is woken by the write itself, not by looking again every second', async () => {
  const delays: number[] = [];
  for (const id of ['woken-1', 'woken-2', 'woken-3']) {
    const reading = lookUp(server, { id, wait: '15' }).then(() => performance.now());
    await untilWaiting(server, 1);
    await put(server, { id, data: {} });
    const written = performance.now();
    delays.push((await reading) - written);
  }
  expect(Math.min(...delays)).toBeLessThan(300);
});

test('a PATCH that gives a state the name wakes who waits for it; HEAD waits alike', async () => {
  await put(server, { id: 'patched', data: {} });
  const reading = lookUp(server, { shared_id: 'given-late' }, prefer('wait=15'));
  const head = { ...prefer('wait=15'), method: 'HEAD' };
  const heading = lookUp(server, { shared_id: 'alias-late' }, head);
  await untilWaiting(server, 2);
  await patch(server, { id: 'patched' }, { shared_id: 'given-late', aliases: ['alias-late'] });
  expect((await reading).json.id).toBe('patched');
  expect([(await heading).status, (await heading).text]).toEqual([200, '']);
});

test('an existing state answers at once, as 200 or as 304, and HEAD alike', async () => {
  await put(server, { id: 'there', data: {} });
  const known = { 'if-none-match': '"1"' };
  for (const method of ['GET', 'HEAD']) {
    const found = await timed(lookUp(server, { id: 'there', wait: '10' }, { method }));
    expect([found.status, found.headers['preference-applied']]).toEqual([200, 'wait=10']);
    const same = await timed(
      lookUp(server, { id: 'there', wait: '10' }, { method, headers: known }),
    );
    expect(same.status).toBe(304);
    expect(Math.max(found.seconds, same.seconds)).toBeLessThan(1);
  }
});

test('past its wait a look-up gets 404, with the cause', async () => {
  await put(server, { id: 'past-erased', data: {} });
  await erase(server, { id: 'past-erased' });
  const [never, erased, preferred] = await Promise.all([
    timed(lookUp(server, { id: 'past-never', wait: '1' })),
    timed(lookUp(server, { id: 'past-erased', wait: '2' })),
    timed(lookUp(server, { id: 'past-never' }, prefer('wait=1'))),
  ]);
  expect([never.status, never.json.error_code]).toEqual([404, 'handoff_state_not_found']);
  expect([erased.status, erased.json.error_code]).toEqual([404, 'handoff_state_erased']);
  const applied = [never, erased, preferred].map(({ headers }) => headers['preference-applied']);
  expect(applied).toEqual(['wait=1', 'wait=2', 'wait=1']);
  for (const [answer, seconds] of [
    [never, 1],
    [erased, 2],
    [preferred, 1],
  ] as const) {
    expect(answer.seconds).toBeGreaterThanOrEqual(seconds - 0.01);
    expect(answer.seconds).toBeLessThan(seconds + 0.9);
    expect(answer.headers['retry-after']).toBeUndefined();
  }
});

test('without a wait, and with a wait of 0, a look-up does not wait', async () => {
  const plain = await timed(lookUp(server, { id: 'nobody' }));
  const zero = await timed(lookUp(server, { id: 'nobody', wait: '0' }));
  const preferred = await timed(lookUp(server, { id: 'nobody' }, prefer('wait=0')));
  for (const answer of [plain, zero, preferred]) {
    expect([answer.status, answer.seconds < 1]).toEqual([404, true]);
  }
  expect(plain.headers['preference-applied']).toBeUndefined();
});

test('?wait= beats Prefer', async () => {
  const short = await timed(lookUp(server, { id: 'nobody', wait: '1' }, prefer('wait=20')));
  expect([short.seconds < 3, short.headers['preference-applied']]).toEqual([true, 'wait=1']);
  const none = await timed(lookUp(server, { id: 'nobody', wait: '0' }, prefer('wait=20')));
  expect(none.seconds).toBeLessThan(1);
});

test('?wait= outside 0 to 20 is 400, at once', async () => {
  for (const wait of ['-1', '21', '99', '100000000000', 'x', '1.5', '1e1', ' 5', '0x5']) {
    const refused = await timed(lookUp(server, { id: 'nobody', wait }));
    expect([wait, refused.status, refused.json.error_code]).toEqual([wait, 400, 'invalid_request']);
    expect(refused.json.error_message).toMatch(/^wait: /);
    expect(refused.seconds).toBeLessThan(1);
  }
});

test('a preference above 20 is shortened, and Preference-Applied says so', async () => {
  await put(server, { id: 'long', data: {} });
  for (const seconds of ['21', '60', '99999999999999999999']) {
    const { headers } = await lookUp(server, { id: 'long' }, prefer(`wait=${seconds}`));
    expect(headers['preference-applied']).toBe('wait=20');
  }
});

test('a preference is found among others, in any form of RFC 7240; the first counts', async () => {
  await put(server, { id: 'forms', data: {} });
  const forms = ['wait="7"', 'WAIT=7', ' wait = 7 ', 'respond-async, wait=7;foo=1, wait=9'];
  for (const form of forms) {
    const { headers } = await lookUp(server, { id: 'forms' }, prefer(form));
    expect([form, headers['preference-applied']]).toEqual([form, 'wait=7']);
  }
  const twice = { headers: { prefer: ['return=minimal', 'wait=7'] } };
  const { headers } = await lookUp(server, { id: 'forms' }, twice);
  expect(headers['preference-applied']).toBe('wait=7');
});

test('a malformed preference is ignored: no wait, no error', async () => {
  for (const text of [
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=x',
    'wait="5',
    'respond-async',
    ',',
  ]) {
    const answer = await timed(lookUp(server, { id: 'nobody' }, prefer(text)));
    expect([text, answer.status, answer.seconds < 1]).toEqual([text, 404, true]);
    expect(answer.headers['preference-applied']).toBeUndefined();
  }
});

test('500 readers wait for 500 ids; each is answered by its write and no other', async () => {
  const names = Array.from({ length: 500 }, (_, place) => `reader-${place}`);
  const readings = names.map((name, place) =>
    askAgain(() =>
      lookUp(server, place % 2 === 0 ? { id: name, wait: '20' } : { shared_id: name, wait: '20' }),
    ),
  );
  await untilWaiting(server, 500);
  const late = names.at(-1)!;
  const bodies = names
    .slice(0, -1)
    .map((name, place) =>
      place % 2 === 0
        ? { id: name, data: { name } }
        : { id: `${name}-id`, shared_id: name, data: { name } },
    );
  await atOnce(50, bodies, async (body) => {
    const { status } = await askAgain(() => put(server, body));
    expect([200, 201]).toContain(status);
  });
  const found = await Promise.all(readings.slice(0, -1));
  expect(found.map(({ status, json }) => [status, json.data.name])).toEqual(
    names.slice(0, -1).map((name) => [200, name]),
  );
  await untilWaiting(server, 1);
  await put(server, { id: 'the-last', shared_id: late, data: { name: late } });
  expect((await readings.at(-1)!).json.data).toEqual({ name: late });
  await untilWaiting(server, 0);
});

async function timed(answer: Promise<Received>): Promise<Received & { seconds: number }> {
  const begin = performance.now();
  return { ...(await answer), seconds: (performance.now() - begin) / 1000 };
}
