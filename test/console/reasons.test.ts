// Why a handoff was missed, and what happened to it, told from the calls that named it.

import { beforeAll, describe, expect, it } from 'vitest';
import type { ApiKey, AuditEntry, Handoff } from '../../console/src/api-types.js';
import { pretendBrowser } from '../support/browser-language.js';

const writtenAt = Date.parse('2026-03-01T10:00:00.000Z');
const at = (milliseconds: number) => new Date(writtenAt + milliseconds).toISOString();

function handoff(changes: Partial<Handoff> = {}): Handoff {
  return {
    id: 'call-1',
    shared_id: 'CA-1',
    aliases: ['CA-1'],
    version: 1,
    written_at: at(0),
    updated_at: at(0),
    expires_at: at(86_400_000),
    status: 'missed',
    ...changes,
  };
}

function entry(milliseconds: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: at(milliseconds),
    action: 'look_up',
    key_id: 'reader',
    address: '192.0.2.1',
    record: 'hash:x',
    status: 200,
    cause: null,
    request_id: `r${milliseconds}`,
    duration_ms: 1,
    ...changes,
  };
}

function key(id: string, permission: ApiKey['permission']): [string, ApiKey] {
  return [
    id,
    {
      key_id: id,
      name: `the ${id}`,
      account_id: 'ws-1',
      projects: null,
      permission,
      view: 'full',
      region: 'us-1',
      created_at: at(0),
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
    },
  ];
}

const keys = new Map([key('reader', 'read'), key('agent', 'write')]);
const notFound = { status: 404, cause: 'handoff_state_not_found' };

let likelyReason: typeof import('../../console/src/data/likely-reason.js').likelyReason;
let timelineOf: typeof import('../../console/src/data/timeline.js').timelineOf;

beforeAll(async () => {
  pretendBrowser();
  ({ likelyReason } = await import('../../console/src/data/likely-reason.js'));
  ({ timelineOf } = await import('../../console/src/data/timeline.js'));
});

describe('the likely reason', () => {
  const written = entry(0, { action: 'put', status: 201, key_id: 'agent' });
  const { shared_id: _shared, ...nameless } = handoff();
  it.each<[string, Handoff, AuditEntry[], RegExp, RegExp]>([
    ['nobody asked', handoff(), [written], /Nobody looked it up/, /shared id/],
    ['no name to ask by', nameless, [written], /Nobody/, /There is no shared id/],
    ['asked too early', handoff(), [written, entry(-2_300, notFound)], /2\.3 s before/, /wait=10/],
    [
      'waited too little',
      handoff(),
      [written, entry(-500, { ...notFound, duration_ms: 5_000 })],
      /waited 5 s/,
      /wait=20/,
    ],
    [
      'refused',
      handoff(),
      [written, entry(900, { status: 403, cause: 'forbidden' })],
      /refused \(403 forbidden\)/,
      /Check the key/,
    ],
    [
      'read by a writer',
      handoff(),
      [written, entry(900, { key_id: 'agent' })],
      /the agent/,
      /read/,
    ],
    [
      'came late',
      handoff({ status: 'late', picked_up_at: at(300_000) }),
      [written, entry(300_000)],
      /5 min after.*2 min/,
      /queue/,
    ],
  ])('%s', (_name, item, entries, why, what) => {
    const reason = likelyReason(item, entries, keys, 120);
    expect(reason.why).toMatch(why);
    expect(reason.what).toMatch(what);
  });
});

const told = (item: Handoff, entries: readonly AuditEntry[], now = 3_600_000) =>
  timelineOf({ item, entries, keys, deadlineSeconds: 120, now: writtenAt + now }).map(
    ({ title, tone, times }) => [title, tone, times],
  );

describe('the timeline', () => {
  it('tells a whole life in its order', () => {
    const item = handoff({ status: 'picked_up', picked_up_at: at(4_000), version: 2 });
    const entries = [
      entry(90_000),
      entry(80_000),
      entry(4_700),
      entry(4_000),
      entry(1_900, { action: 'patch', key_id: 'agent' }),
      entry(2, { action: 'put', status: 201, key_id: 'agent' }),
      entry(-2_000, notFound),
      entry(500, { action: 'list', key_id: 'agent' }),
    ];
    expect(told(item, entries)).toEqual([
      ['Looked up too early', 'bad', 1],
      ['Written', 'plain', 1],
      ['Changed', 'plain', 1],
      ['Picked up', 'good', 1],
      ['Looked up again', 'plain', 3],
      ['Expires', 'ahead', 1],
    ]);
  });

  it('tells what the audit does not hold any more', () => {
    const late = handoff({ status: 'late', picked_up_at: at(300_000) });
    expect(told(late, [])).toEqual([
      ['Written', 'plain', 1],
      ['Missed', 'bad', 1],
      ['Picked up late', 'warn', 1],
      ['Expires', 'ahead', 1],
    ]);
  });

  it('says what is to come', () => {
    expect(told(handoff({ status: 'pending' }), [], 1_000)).toEqual([
      ['Written', 'plain', 1],
      ['Missed, unless it is picked up', 'ahead', 1],
      ['Expires', 'ahead', 1],
    ]);
  });
});
