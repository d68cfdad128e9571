// While the audit cannot be written no personal data goes out, soon told, and it heals by itself.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, madeKey, madeProject, metric } from '../support/admin-calls.js';
import { hangAudit, type MakeTrouble, refuseAudit } from '../support/audit-trouble.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { linkTo, textOfPage } from '../support/pop.js';
import { onDatabase } from '../support/raw-audit.js';
import { type Received, send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';
import { callAs, signedIn } from '../support/session-calls.js';

const content = 'Ada Lovelace';
const heals = { interval: 50, timeout: 10_000 };
/** A second to tell it, and what a busy machine takes on top. */
const toldMs = 1_300;

const troubles: [string, MakeTrouble][] = [
  ['hangs', hangAudit],
  ['is refused', refuseAudit],
];

function expectHeldBack(answer: Received): void {
  expect([answer.status, answer.json.error_code]).toEqual([503, 'unavailable']);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.text + JSON.stringify(answer.headers)).not.toContain(content);
  for (const header of ['etag', 'last-modified', 'sunset']) {
    expect(answer.headers).not.toHaveProperty(header);
  }
}

describe.each(troubles)('strict, where the audit %s', (_what, makeTrouble) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ audit: 'strict' });
    await put(server, { id: 'one', shared_id: 'shared', data: { customer: content } });
    await lookUp(server, { id: 'one' });
  });
  afterAll(() => server.stop());

  it('no look-up gives data, each is told within a second, until the audit is written again', async () => {
    const trouble = await makeTrouble(server.config);
    for (let round = 0; round < 4; round++) {
      const startedAt = performance.now();
      const answers = await Promise.all([
        lookUp(server, { id: 'one' }),
        lookUp(server, { shared_id: 'shared' }, { headers: { prefer: 'wait=2' } }),
        lookUp(server, { id: 'one' }, { method: 'GET', headers: { 'if-none-match': '"1"' } }),
        send(`${server.stateUrl}s`, { key: server.keys.admin }),
        send(server.stateUrl.replace('handoff_state', 'events'), { key: server.keys.admin }),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(toldMs);
      answers.forEach(expectHeldBack);
      const bare = await lookUp(server, { id: 'one' }, { method: 'HEAD' });
      expect([bare.status, bare.headers.etag]).toEqual([503, undefined]);
    }
    const told = server.log.filter((line) => line.includes('the audit cannot be written'));
    const messages = told.map((line) => JSON.parse(line).msg);
    expect(messages).not.toEqual([]);
    expect(new Set(messages).size).toBe(messages.length);
    await trouble.end();
    await expect
      .poll(async () => (await lookUp(server, { id: 'one' })).text, heals)
      .toContain(content);
    await expectWritten(server);
  });

  it('a screen pop is a page that says so, and nothing that is held back is a pickup', async () => {
    await put(server, { id: 'two', data: { customer: content } });
    const statusOf = async () =>
      (await send(`${server.stateUrl}s?id=two`, { key: server.keys.admin })).json.items?.[0].status;
    const link = await linkTo(server, { id: 'two' });
    const trouble = await makeTrouble(server.config);
    const page = await send(link);
    await lookUp(server, { id: 'two' }, { headers: { prefer: 'wait=2' } });
    await trouble.end();
    await expect.poll(statusOf, heals).toBeDefined();
    await expect.poll(() => metric(server, 'baton_outcomes_waiting'), heals).toBe(0);
    expect(await statusOf()).toBe('pending');
    expect([page.status, page.headers['retry-after']]).toEqual([503, '1']);
    expect(page.headers.refresh).toBe('2');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha/);
    expect(textOfPage(page.text)).toContain('Not to be had right now');
    expect(page.text).not.toContain(content);
    await expect.poll(async () => (await send(link)).text, heals).toContain(content);
    await expect.poll(statusOf, heals).toBe('picked_up');
  });
});

describe.each(troubles)('fast, where the audit %s', (_what, makeTrouble) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ audit: 'fast' });
    await put(server, { id: 'one', data: { customer: content } });
    await put(server, { id: 'two', data: {} });
  });
  afterAll(() => server.stop());

  it('look-ups are held back after a second, and no entry of an answer is lost', async () => {
    const trouble = await makeTrouble(server.config);
    const startedAt = performance.now();
    const answered = new Set<unknown>();
    let last: Received;
    do {
      last = await lookUp(server, { id: 'one' });
      if (last.status === 200) answered.add(last.headers['x-request-id']);
    } while (last.status === 200 && performance.now() - startedAt < 10_000);
    expectHeldBack(last);
    expect(answered.size).toBeGreaterThan(10);
    await trouble.end();
    await expect.poll(async () => (await lookUp(server, { id: 'one' })).status, heals).toBe(200);
    await expectWritten(server);
    const kept = JSON.stringify(await onDatabase(server.config, 'SELECT entries FROM audit_block'));
    const lost = [...answered].filter((requestId) => !kept.includes(String(requestId)));
    expect(lost).toEqual([]);
  });
});

it('fast: what takes data away is done all the same', async () => {
  const server = await startServer({ audit: 'fast' });
  await madeProject(server, 'other');
  const { keyId } = await madeKey(server, { permission: 'read' });
  await put(server, { id: 'one', data: {} });
  await put(server, { id: 'two', shared_id: 'shared', data: {} });
  const browser = await signedIn(server);
  const trouble = await refuseAudit(server.config);
  const status = async () => (await lookUp(server, { id: 'one' })).status;
  await expect.poll(status, heals).toBe(503);
  const states = 'demo/demo/handoff_state';
  const calls = [`${states}?id=one`, `${states}s?alias=shared`, 'projects/other', `keys/${keyId}`];
  for (const path of calls) {
    const answer = await admin(server, 'DELETE', path);
    expect([path, answer.status]).toEqual([path, 200]);
  }
  const session = `${server.url}/console/session`;
  expect((await callAs(browser, session, { method: 'DELETE' })).status).toBe(200);
  await trouble.end();
  await server.stop();
});

/** Nothing waits any more, and what is kept is whole. */
async function expectWritten(server: TestServer): Promise<void> {
  const metrics = async () =>
    (await send(`${server.url}/metrics`, { key: server.keys.admin })).text;
  await expect.poll(metrics, heals).toContain('baton_audit_waiting 0\n');
}
