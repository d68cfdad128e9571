// What a key with a view is given: the same contract, less content, and headers that tell no more.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatonClient } from '../../client/src/index.js';
import { withheldIn } from '../../client/src/withheld.js';
import { limits } from '../../src/limits.js';
import { admin, madeKey, untilWaiting } from '../support/admin-calls.js';
import { lookUp, patch, put } from '../support/handoff-calls.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

const names = { id: 'conv-1', shared_id: 'CA-1', aliases: ['crm-1'] };
const data = { name: 'Ada', phone: '+15551234567', notes: ['ill', { debt: 12 }], step: 1 };
const masked = { name: 'Ada', phone: '•••', notes: ['•••', '•••'], step: 1 };
const fields = ['/phone', '/notes/*', '/absent'];

let server: TestServer;
let maskedKey: string;
let listKey: string;
beforeAll(async () => {
  server = await startServer();
  await setProject({ sensitive_fields: fields });
  maskedKey = (await madeKey(server, { permission: 'read', view: 'masked' })).text;
  const view = { allow: ['/step', '/notes/1/debt'] };
  listKey = (await madeKey(server, { permission: 'read', view })).text;
  await put(server, { ...names, data });
});
afterAll(() => server.stop());

describe('a masked key', () => {
  test('gets a look-up answer without what is sensitive, at every address', async () => {
    for (const version of ['/v1', '/v3', '']) {
      for (const query of ['id=conv-1', 'shared_id=CA-1', 'shared_id=crm-1']) {
        const url = `${server.url}${version}/demo/demo/handoff_state?${query}`;
        // A key that sees all asks before, so that its answer is at hand.
        expect((await send(url, { key: server.keys.read })).json.data).toEqual(data);
        for (let time = 0; time < 2; time++) {
          const { status, text, headers } = await send(url, { key: maskedKey });
          expect(status).toBe(200);
          expect(JSON.parse(text)).toEqual({ id: 'conv-1', shared_id: 'CA-1', data: masked });
          expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
          expect(headers['baton-withheld']).toBe('"/phone", "/notes/*"');
          expect(headers['last-modified']).toBeUndefined();
          expect(headers['sunset']).toEqual(expect.any(String));
        }
      }
    }
  });

  test('gets the same headers by HEAD, and no others than with GET', async () => {
    const whole = await lookUp(server, { id: 'conv-1' }, { key: maskedKey });
    const head = await lookUp(server, { id: 'conv-1' }, { key: maskedKey, method: 'HEAD' });
    const own = { date: null, 'x-request-id': null };
    expect({ ...head.headers, ...own }).toEqual({ ...whole.headers, ...own });
    expect(head.text).toBe('');
  });

  test('keeps what was written beside the masks, digit by digit', async () => {
    const rest = '"z":12345678901234567890,"a":1.10,"é":"\\u00e9\\/"';
    await put(server, `{"id":"exact","data":{${rest}, "phone" : {"x":[]} }}`);
    const { text } = await lookUp(server, { id: 'exact' }, { key: maskedKey });
    expect(text).toBe(`{"id":"exact","data":{${rest},"phone":"•••"}}`);
  });

  test('sees the last four characters where the project says so, and only then', async () => {
    await setProject({ sensitive_last_four: true });
    expect((await dataSeen()).phone).toBe('•••4567');
    await setProject({ sensitive_last_four: false });
    expect((await dataSeen()).phone).toBe('•••');
  });

  test('is masked by what is sensitive at the time of the answer, a wait included', async () => {
    const waiting = lookUp(server, { id: 'waited', wait: '20' }, { key: maskedKey });
    await untilWaiting(server, 1);
    await setProject({ sensitive_fields: [...fields, '/name'], project_slug: 'renamed' });
    await put(
      { ...server, stateUrl: server.stateUrl.replace(/demo\/h/, 'renamed/h') },
      {
        id: 'waited',
        data,
      },
    );
    const { headers, json } = await waiting;
    expect(json.data).toEqual({ ...masked, name: '•••' });
    expect(headers['preference-applied']).toBe('wait=20');
    expect(headers['baton-withheld']).toBe('"/phone", "/notes/*", "/name"');
    expect(headers['last-modified']).toBeUndefined();

    await setProject({ sensitive_fields: fields, project_slug: 'demo' }, 'renamed');
    expect(await dataSeen()).toEqual(masked);
    await setProject({ sensitive_fields: [] });
    expect(await dataSeen()).toEqual(data);
    await setProject({ sensitive_fields: fields });
  });
});

describe('the ETag of a masked key', () => {
  test('is a hash of what it sees: good for If-None-Match, as the version is not', async () => {
    await put(server, { id: 'tagged', data });
    const { headers } = await findTagged();
    const etag = String(headers.etag);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [etag, `W/${etag}`, `"1", ${etag}`, '*']) {
      const unchanged = await findTagged(known);
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
      const { sunset, 'baton-withheld': withheld } = headers;
      expect(unchanged.headers).toMatchObject({ etag, sunset, 'baton-withheld': withheld });
      expect(unchanged.headers['last-modified']).toBeUndefined();
    }
    expect((await findTagged('"1"')).status).toBe(200);

    await patch(server, { id: 'tagged' }, { data: { phone: 'other', notes: [1, 2] } });
    expect((await findTagged(etag)).status).toBe(304);
    await patch(server, { id: 'tagged' }, { data: { step: 2 } });
    const changed = await findTagged(etag);
    expect([changed.status, changed.json.data.step]).toEqual([200, 2]);
    expect(changed.headers.etag).not.toBe(etag);
  });

  test('is the same after a start, and another one in another project', async () => {
    const here = await startServer();
    await put(here, { id: 'tagged', data });
    const { text: key } = await madeKey(here, { permission: 'read', view: 'masked' });
    const { etag } = (await lookUp(here, { id: 'tagged' }, { key })).headers;
    const made = await admin(here, 'POST', 'projects', { project_slug: 'other' });
    expect(made.status).toBe(201);
    const stateUrl = here.stateUrl.replace('demo/h', 'other/h');
    const { text: write } = await madeKey(here, { permission: 'write' });
    await put({ ...here, stateUrl }, { id: 'tagged', data }, { key: write });
    const elsewhere = await lookUp({ ...here, stateUrl }, { id: 'tagged' }, { key });
    expect(elsewhere.json).toEqual({ id: 'tagged', data });
    expect(elsewhere.headers.etag).not.toBe(etag);

    await here.serving.close();
    const again = await startServer(here.config);
    expect((await lookUp(again, { id: 'tagged' }, { key })).headers.etag).toBe(etag);
    await again.stop();
  });
});

describe('a key with an allow-list', () => {
  test('sees what is listed, and is told the topmost of what is not', async () => {
    const { json, headers } = await lookUp(server, { shared_id: 'crm-1' }, { key: listKey });
    expect(json).toEqual({
      id: 'conv-1',
      shared_id: 'CA-1',
      data: { notes: [{ debt: 12 }], step: 1 },
    });
    expect(headers['baton-withheld']).toBe('"/name", "/phone", "/notes/0"');
    expect(headers['last-modified']).toBeUndefined();
  });

  test('is told of any name in a header that anybody can read', async () => {
    const odd = ['"', '\\', 'a/b~', 'é😀', '%', 'é%"', '\u0007', '\ud800', 'a, "b', ''];
    await put(server, { id: 'odd', data: dataOf(['step', ...odd]) });
    const { headers } = await lookUp(server, { id: 'odd' }, { key: listKey });
    const header = String(headers['baton-withheld']);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    expect(header).toContain(String.raw`"/\"", "/\\", "/a~1b~0", %"/%c3%a9%f0%9f%98%80", "/%"`);
    const pointers = odd.map((it) => `/${it.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    const told = pointers.map((pointer) => pointer.replace('\ud800', '\ufffd'));
    expect(withheldIn(header)).toEqual({ withheld: told, withheldCount: odd.length });
  });

  test.each([
    ['many members', Array.from({ length: 1_000 }, (_, place) => `member-${place}`)],
    ['one long name', ['n'.repeat(20_000)]],
    ['a long name after short ones', ['short', 'é'.repeat(300), 'also short']],
  ])('of %s is told the first ones and how many there are', async (_what, members) => {
    const id = `long-${members.length}-${members[0]!.length}`;
    expect((await put(server, { id, data: dataOf(['step', ...members]) })).status).toBe(201);
    const { headers } = await lookUp(server, { id }, { key: listKey });
    const header = String(headers['baton-withheld']);
    expect(header.length).toBeLessThanOrEqual(limits.withheldBytesMax);
    const { withheld, withheldCount } = withheldIn(header);
    expect(withheldCount).toBe(members.length);
    expect(withheld).toEqual(members.slice(0, withheld.length).map((it) => `/${it}`));
    expect(withheld.length).toBeLessThan(members.length);
    expect(header).toMatch(/(?:^|, )[0-9]+$/);
  });

  test('is told as much as has room, to the byte', async () => {
    // A name takes a slash and two quotes besides, and what comes before the last a comma and a space.
    const edge = limits.withheldBytesMax - 3;
    const cases: [names: string[], count: number][] = [
      [['n'.repeat(edge)], 1],
      [['n'.repeat(edge + 1)], 0],
      [['m', 'n'.repeat(edge - 6)], 2],
      [['m', 'n'.repeat(edge - 5)], 1],
      [['n'.repeat(edge - 3), 'the one that is counted'], 1],
      [['n'.repeat(edge - 2), 'the one that is counted'], 0],
    ];
    for (const [members, count] of cases) {
      await put(server, { id: 'room', data: dataOf(['step', ...members]) });
      const { headers } = await lookUp(server, { id: 'room' }, { key: listKey });
      const { withheld, withheldCount } = withheldIn(String(headers['baton-withheld']));
      expect([withheld.length, withheldCount]).toEqual([count, members.length]);
    }
  });

  test('is told nothing where nothing is withheld, and only so much where all is', async () => {
    await put(server, { id: 'all', data: { a: 1, b: 2 } });
    const all = await madeKey(server, { permission: 'read', view: { allow: ['/*'] } });
    const { headers } = await lookUp(server, { id: 'all' }, { key: all.text });
    expect(headers['baton-withheld']).toBeUndefined();
    expect(headers.etag).toMatch(/^"[\w-]{22}"$/);
    const none = await lookUp(server, { id: 'all' }, { key: listKey });
    expect([none.json.data, none.headers['baton-withheld']]).toEqual([{}, '""']);
  });
});

test('the client tells what was withheld, and that there is no version', async () => {
  const part = { url: server.url, account: 'demo', project: 'demo' };
  const found = await new BatonClient({ ...part, apiKey: maskedKey }).get({ id: 'conv-1' });
  const expected = { withheld: ['/phone', '/notes/*'], withheldCount: 2, version: undefined };
  expect(found).toMatchObject({ ...expected, lastModified: undefined, data: masked });
  const unchanged = new BatonClient({ ...part, apiKey: maskedKey }).get(
    { id: 'conv-1' },
    { ifNoneMatch: found.etag },
  );
  expect(await unchanged).toBeUndefined();
  const whole = await new BatonClient({ ...part, apiKey: server.keys.read }).get({ id: 'conv-1' });
  expect(whole).toMatchObject({ withheld: [], withheldCount: 0, version: 1, data });
});

async function dataSeen(): Promise<Received['json']> {
  return (await lookUp(server, { id: 'conv-1' }, { key: maskedKey })).json.data;
}

function findTagged(etag?: string): Promise<Received> {
  const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
  return lookUp(server, { id: 'tagged' }, { key: maskedKey, headers });
}

/** A number for each name. */
function dataOf(members: readonly string[]): object {
  return Object.fromEntries(members.map((member) => [member, 1]));
}

async function setProject(settings: object, slug = 'demo'): Promise<void> {
  const changed = await admin(server, 'PATCH', `projects/${slug}`, settings);
  expect(changed.status, changed.text).toBe(200);
  expect(changed.json).toMatchObject(settings);
}
