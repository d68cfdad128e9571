// What every refusal must be: its status, the envelope, one sentence that gives nothing away.

import { expect } from 'vitest';
import { type ErrorCode, statusOfCode } from '../../src/error.js';
import { type Received, send } from './request.js';
import type { TestServer } from './server.js';

/** Stands in what a bad request sends, so that a message that repeats a value is found out. */
export const hush = 'hush';

interface Refusal {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: as in Received
  readonly json: any;
}

/** A refusal with this code, whose sentence says what was found, what to do, and no value. */
export function expectRefusal(
  answer: Refusal,
  code: ErrorCode,
  says: RegExp,
  secrets: readonly string[] = [],
): void {
  expectEnvelope(answer);
  expect([answer.status, answer.json.error_code]).toEqual([statusOfCode[code], code]);

  const message: string = answer.json.error_message;
  expect(message).toMatch(says);
  expect(message, 'one sentence: what, then what to do').toMatch(/^[^;]{10,}; [^;]+[.?]$/);
  for (const secret of [hush, ...secrets]) expect(answer.text).not.toContain(secret);
}

/** The envelope of every error: three members, and the request id that the header has too. */
export function expectEnvelope(answer: Refusal): void {
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(Object.keys(answer.json)).toEqual(['error_message', 'error_code', 'error_id']);
  expect(answer.json.error_id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  expect(answer.json.error_id).toBe(answer.headers['x-request-id']);
  expect(statusOfCode[answer.json.error_code as ErrorCode]).toBe(answer.status);
}

/** What the project's list holds, as its admin sees it. */
export async function listed(server: TestServer): Promise<Received['json'][]> {
  const list = await send(`${server.url}/v1/demo/demo/handoff_states?limit=200`, {
    key: server.keys.admin,
  });
  expect(list.status).toBe(200);
  return list.json.items;
}
