// Projects over HTTP: within the account of an admin key, and within its reach.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { admin, madeKey, madeProject } from '../support/admin-calls.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

test('a project is made with its defaults, or as it is asked for', async () => {
  const before = server.clock.now();
  const plain = await admin(server, 'POST', 'projects', { project_slug: 'plain' });
  expect(plain.status).toBe(201);
  expect(plain.json).toEqual({
    account_id: server.accountId,
    account_slug: 'demo',
    project_id: expect.stringMatching(/^PROJECT-[0-9A-F]{8}$/),
    project_slug: 'plain',
    region: 'us-1',
    retention_seconds: 604_800,
    pickup_deadline_seconds: limits.pickupDeadlineSecondsDefault,
    sensitive_fields: [],
    sensitive_last_four: false,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(Date.parse(plain.json.created_at)).toBeGreaterThanOrEqual(before);

  const wanted = {
    project_id: 'PROJECT-58RP822I',
    project_slug: 'acme-team-4',
    retention_seconds: 60,
    pickup_deadline_seconds: 30,
  };
  const made = await admin(server, 'POST', 'projects', wanted);
  expect([made.status, made.json]).toEqual([201, expect.objectContaining(wanted)]);
  expect((await admin(server, 'GET', 'projects/acme-team-4')).json).toEqual(made.json);
  expect((await admin(server, 'GET', 'projects/PROJECT-58RP822I')).json).toEqual(made.json);
});

test('a project is changed; a new slug replaces the old one, the states stay', async () => {
  const { projectId, stateUrl } = await madeProject(server, 'before');
  const { admin: key } = server.keys;
  const keys = { admin: key, write: key, read: key };
  await put({ stateUrl, keys }, { id: 'call-1', data: {} });
  const changes = { project_slug: 'after', retention_seconds: 120, pickup_deadline_seconds: 1 };
  const changed = await admin(server, 'PATCH', `projects/${projectId}`, changes);
  expect([changed.status, changed.json]).toEqual([200, expect.objectContaining(changes)]);
  expect((await admin(server, 'GET', 'projects/after')).json).toEqual(changed.json);
  expect((await admin(server, 'GET', 'projects/before')).json.error_code).toBe('not_found');

  const renamed = stateUrl.replace('before', 'after');
  expect((await lookUp({ stateUrl: renamed, keys }, { id: 'call-1' })).status).toBe(200);
  expect((await lookUp({ stateUrl, keys }, { id: 'call-1' })).status).toBe(403);
  const empty = await admin(server, 'PATCH', 'projects/after', {});
  expect([empty.status, empty.json]).toEqual([200, changed.json]);
});

test('a slug or an id that is taken is 409 conflict', async () => {
  const { projectId } = await madeProject(server, 'taken');
  await madeProject(server, 'free');
  const conflicts = [
    await admin(server, 'POST', 'projects', { project_slug: 'taken' }),
    await admin(server, 'POST', 'projects', { project_slug: 'new', project_id: projectId }),
    await admin(server, 'POST', 'projects', { project_slug: 'new', project_id: 'taken' }),
    await admin(server, 'PATCH', 'projects/free', { project_slug: 'taken' }),
  ];
  for (const { status, json } of conflicts) {
    expect([status, json.error_code]).toEqual([409, 'conflict']);
  }
  expect((await admin(server, 'PATCH', 'projects/free', { project_slug: 'free' })).status).toBe(
    200,
  );
});

test.each([
  ['v1', 'console', 'docs', 'keys', 'projects', 'metrics', 'handoff_state', 'livez', 'v3'],
  ['Upper', 'under_score', '-first', 'last-', 'do.t', 'ü', 'a b', '', 'x'.repeat(64)],
])('a slug is [a-z0-9-] and no word of a route: %s, %s …', async (...slugs) => {
  for (const project_slug of slugs) {
    const made = await admin(server, 'POST', 'projects', { project_slug });
    expect([project_slug, made.status, made.json.error_code]).toEqual([
      project_slug,
      400,
      'invalid_request',
    ]);
    const changed = await admin(server, 'PATCH', 'projects/demo', { project_slug });
    expect([project_slug, changed.status]).toEqual([project_slug, 400]);
  }
});

test('a slug may have 63 characters', async () => {
  const longest = { project_slug: `${'x'.repeat(limits.slugCharactersMax - 2)}-9` };
  expect((await admin(server, 'POST', 'projects', longest)).status).toBe(201);
});

test.each([
  ['retention_seconds', limits.retentionSecondsMin, limits.retentionSecondsMax],
  ['pickup_deadline_seconds', limits.pickupDeadlineSecondsMin, limits.pickupDeadlineSecondsMax],
])('%s has a least and a greatest value', async (member, least, greatest) => {
  const { projectId } = await madeProject(server, member.replaceAll('_', '-'));
  const statusOf = async (value: unknown) =>
    (await admin(server, 'PATCH', `projects/${projectId}`, { [member]: value })).status;
  expect(await statusOf(least)).toBe(200);
  expect(await statusOf(greatest)).toBe(200);
  for (const value of [least - 1, greatest + 1, 90.5, '90', null]) {
    expect([value, await statusOf(value)]).toEqual([value, 400]);
  }
  const { json } = await admin(server, 'GET', `projects/${projectId}`);
  expect(json[member]).toBe(greatest);
});

test('projects are listed newest first, in pages', async () => {
  const own = await startServer();
  const slugs = ['one', 'two', 'three', 'four'];
  for (const slug of slugs) {
    await madeProject(own, slug);
    own.clock.advance(1);
  }
  const seen: string[] = [];
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const page: Awaited<ReturnType<typeof admin>> = await admin(
      own,
      'GET',
      `projects?limit=2&cursor=${cursor}`,
    );
    seen.push(...page.json.items.map((item: { project_slug: string }) => item.project_slug));
    cursor = page.json.next_cursor;
  }
  await own.stop();
  expect([seen, pages]).toEqual([['four', 'three', 'two', 'one', 'demo'], 3]);
});

test('an admin key of some projects sees those alone, and makes none', async () => {
  const mine = await madeProject(server, 'mine');
  await madeProject(server, 'not-mine');
  const { text } = await madeKey(server, { permission: 'admin', projects: ['mine'] });

  const { json } = await admin(server, 'GET', 'projects', undefined, text);
  expect(json.items.map((item: { project_slug: string }) => item.project_slug)).toEqual(['mine']);
  expect((await admin(server, 'GET', `projects/${mine.projectId}`, undefined, text)).status).toBe(
    200,
  );
  const settings = { pickup_deadline_seconds: 9 };
  expect((await admin(server, 'PATCH', 'projects/mine', settings, text)).status).toBe(200);

  const answers = [
    await admin(server, 'GET', 'projects/not-mine', undefined, text),
    await admin(server, 'PATCH', 'projects/not-mine', settings, text),
    await admin(server, 'GET', 'projects/nowhere', undefined, text),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect(new Set(answers.map(({ json: body }) => body.error_message)).size).toBe(1);
  const made = await admin(server, 'POST', 'projects', { project_slug: 'more' }, text);
  expect([made.status, made.json.error_code]).toEqual([403, 'forbidden']);
});
