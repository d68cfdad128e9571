// The examples of the OpenAPI document: one conversation, one project, one key.

const data = { customer: 'Ada Lovelace', reason: 'billing', verified: true };

export const state = { id: 'call-1', shared_id: 'crm-77', data };
export const write = { ...state, aliases: ['CA-1'] };
export const patch = { data: { reason: 'refund', verified: null } };
export const patched = { ...state, data: { customer: data.customer, reason: 'refund' } };
const erasure = { erased_at: '2026-11-22T10:05:00.000Z', receipt: 'eyJhbGciOiJFZERTQSIs…' };

export const erased = { id: state.id, ...erasure };
export const receipt = { record: 'hash:D_FroNKwfGnxgh1oPt5QML', ...erasure };
export const erasedProject = { project_id: 'PROJECT-7D31F0E4', ...erasure };
export const signingKeys = {
  keys: [
    {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      use: 'sig',
      alg: 'EdDSA',
    },
  ],
};

export const link = {
  url: 'https://baton.example.com/pop/…',
  expires_at: '2026-11-22T10:15:00.000Z',
};

export const listed = {
  id: state.id,
  shared_id: state.shared_id,
  aliases: write.aliases,
  version: 1,
  written_at: '2026-11-22T10:00:00.000Z',
  updated_at: '2026-11-22T10:00:00.000Z',
  expires_at: '2026-11-29T10:00:00.000Z',
  status: 'pending',
};

export const project = {
  account_id: 'ws-1a2b3c4d',
  account_slug: 'demo',
  project_id: 'PROJECT-58A0B22C',
  project_slug: 'demo',
  region: 'us-1',
  retention_seconds: 604_800,
  pickup_deadline_seconds: 120,
  sensitive_fields: ['/customer'],
  sensitive_last_four: false,
  hash_ids: false,
  created_at: '2026-11-22T09:00:00.000Z',
};

export const newProject = {
  ...project,
  project_id: 'PROJECT-7D31F0E4',
  project_slug: 'support',
  retention_seconds: 86_400,
  created_at: '2026-11-22T10:00:00.000Z',
};

export const key = {
  key_id: '4fGh27Kq0XyZ',
  name: 'contact centre',
  account_id: project.account_id,
  projects: null,
  permission: 'read',
  view: 'masked',
  region: project.region,
  created_at: '2026-11-22T10:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
};

export const newKey = { ...key, secret: `baton_us-1_${key.key_id}_…` };
export const revokedKey = { ...key, revoked_at: '2026-11-22T11:00:00.000Z' };

export const session = {
  csrf_token: 'Xo3mB0mC1d7w2cQ5zJ8rTg',
  expires_at: '2026-11-22T18:00:00.000Z',
  region: project.region,
  key: {
    key_id: '7hTq20Lm4RsA',
    name: 'first admin key',
    account_id: project.account_id,
    projects: null,
    permission: 'admin',
    view: 'full',
    expires_at: null,
  },
};

export const audited = {
  at: '2026-11-22T10:01:00.000Z',
  action: 'look_up',
  key_id: key.key_id,
  address: '192.0.2.7',
  record: 'hash:Jm1p0cVb3l2oQ8sT4uXyZw',
  status: 200,
  cause: null,
  request_id: '3f9c0d1e7a42-1k',
  duration_ms: 0.21,
};

export function pageOf(item: object): object {
  return { items: [item], next_cursor: null };
}

const counted = {
  written: 40,
  picked_up: 36,
  late: 2,
  missed: 1,
  pending: 1,
  erased: 0,
  time_to_pickup_ms: { p50: 2100, p95: 14_800 },
  look_ups_without_result: {
    never_written: 1,
    early: 3,
    expired: 0,
    erased: 0,
    other_project: 0,
  },
};

export const stats = {
  from: '2026-11-22T10:00:00.000Z',
  to: '2026-11-22T11:00:00.000Z',
  interval_seconds: 3600,
  total: counted,
  intervals: [{ from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T11:00:00.000Z', ...counted }],
};
