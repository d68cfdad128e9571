// What the calls for projects and keys send, and what they make of the answer.

import { expect, test } from 'vitest';
import type { BatonClient } from '../../client/src/index.js';
import { answer, failureOf, scriptedServer } from './scripted-server.js';

const at = new Date('2026-11-22T10:00:00.250Z');

const projectMembers = {
  account_id: 'ws-1',
  account_slug: 'acme',
  project_id: 'PROJECT-1',
  project_slug: 'team',
  region: 'us-1',
  retention_seconds: 604_800,
  pickup_deadline_seconds: 120,
  sensitive_fields: ['/phone'],
  sensitive_last_four: true,
  created_at: at.toISOString(),
};
const project = {
  accountId: 'ws-1',
  accountSlug: 'acme',
  projectId: 'PROJECT-1',
  projectSlug: 'team',
  region: 'us-1',
  retentionSeconds: 604_800,
  pickupDeadlineSeconds: 120,
  sensitiveFields: ['/phone'],
  sensitiveLastFour: true,
  createdAt: at,
};
const keyMembers = {
  key_id: 'key-1',
  name: 'Genesys',
  account_id: 'ws-1',
  projects: ['PROJECT-1'],
  permission: 'read',
  view: 'masked',
  region: 'us-1',
  created_at: at.toISOString(),
  expires_at: at.toISOString(),
  revoked_at: null,
  last_used_at: null,
};
const key = {
  keyId: 'key-1',
  name: 'Genesys',
  accountId: 'ws-1',
  projects: ['PROJECT-1'],
  permission: 'read',
  view: 'masked',
  region: 'us-1',
  createdAt: at,
  expiresAt: at,
  revokedAt: null,
  lastUsedAt: null,
};

test.each<[string, (client: BatonClient) => Promise<unknown>, object, unknown, object]>([
  [
    'projects.list',
    ({ projects }) => projects.list({ limit: 1, cursor: 'c' }),
    { method: 'GET', url: '/v1/projects?limit=1&cursor=c' },
    undefined,
    { items: [project], nextCursor: null },
  ],
  [
    'projects.create',
    ({ projects }) =>
      projects.create({
        projectSlug: 'team',
        projectId: 'PROJECT-1',
        retentionSeconds: 1,
        pickupDeadlineSeconds: 2,
      }),
    { method: 'POST', url: '/v1/projects' },
    {
      project_slug: 'team',
      project_id: 'PROJECT-1',
      retention_seconds: 1,
      pickup_deadline_seconds: 2,
    },
    project,
  ],
  [
    'projects.get',
    ({ projects }) => projects.get('PROJECT-1'),
    { method: 'GET', url: '/v1/projects/PROJECT-1' },
    undefined,
    project,
  ],
  [
    'projects.change',
    ({ projects }) =>
      projects.change('PROJECT-1', { sensitiveFields: ['/a', '/b/*'], sensitiveLastFour: false }),
    { method: 'PATCH', url: '/v1/projects/PROJECT-1' },
    { sensitive_fields: ['/a', '/b/*'], sensitive_last_four: false },
    project,
  ],
  [
    'keys.list',
    ({ keys }) => keys.list({ limit: 1 }),
    { method: 'GET', url: '/v1/keys?limit=1' },
    undefined,
    { items: [key], nextCursor: null },
  ],
  [
    'keys.create',
    ({ keys }) =>
      keys.create({
        name: 'n',
        projects: ['team'],
        permission: 'read',
        view: { allow: ['/a'] },
        expiresAt: at,
      }),
    { method: 'POST', url: '/v1/keys' },
    {
      name: 'n',
      projects: ['team'],
      permission: 'read',
      view: { allow: ['/a'] },
      expires_at: at.toISOString(),
    },
    { ...key, secret: 'shown once' },
  ],
  [
    'keys.rotate',
    ({ keys }) => keys.rotate('key/1', { overlapSeconds: 0, expiresAt: at }),
    { method: 'POST', url: '/v1/keys/key%2F1/rotate' },
    { overlap_seconds: 0, expires_at: at.toISOString() },
    { ...key, secret: 'shown once' },
  ],
  [
    'keys.rotate with nothing else',
    ({ keys }) => keys.rotate('key-1'),
    { method: 'POST', url: '/v1/keys/key-1/rotate' },
    {},
    { ...key, secret: 'shown once' },
  ],
  [
    'keys.revoke',
    ({ keys }) => keys.revoke('key-1'),
    { method: 'DELETE', url: '/v1/keys/key-1' },
    undefined,
    key,
  ],
])('%s', async (name, call, request, body, expected) => {
  const item = name.startsWith('projects') ? projectMembers : keyMembers;
  const made = 'secret' in expected ? { ...item, secret: 'shown once' } : item;
  const server = await scriptedServer(
    answer(200, name.endsWith('list') ? { items: [item], next_cursor: null } : made),
  );
  expect(await call(server.client)).toEqual(expected);
  const [received] = server.requests;
  expect(received).toMatchObject(request);
  const sent: unknown = received!.bodyText === '' ? undefined : JSON.parse(received!.bodyText);
  expect(sent).toEqual(body);
});

test.each(['full', 'masked', { allow: ['/a', '/b/*'] }])('a view is read: %j', async (view) => {
  const { client } = await scriptedServer(answer(200, { ...keyMembers, view }));
  expect((await client.keys.revoke('key-1')).view).toEqual(view);
});

test.each(['half', {}, { allow: '/a' }, null])('another view is refused: %j', async (view) => {
  const { client } = await scriptedServer(answer(200, { ...keyMembers, view }));
  expect((await failureOf(client.keys.revoke('key-1'))).code).toBe('invalid_answer');
});

test('a key of the whole account, without name and expiry, is read as such', async () => {
  const whole = { ...keyMembers, name: undefined, projects: null, expires_at: null };
  const { client } = await scriptedServer(answer(200, whole));
  expect(await client.keys.revoke('key-1')).toEqual({
    ...key,
    name: undefined,
    projects: null,
    expiresAt: null,
  });
});
