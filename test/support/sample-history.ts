// A morning of a contact centre, told to a server: handoffs written and picked up, late or missed,
// and look-ups that found nothing.

import { expect } from 'vitest';
import { admin } from './admin-calls.js';
import { lookUp, put } from './handoff-calls.js';
import { sampleSensitiveFields, sampleState } from './sample-states.js';
import type { TestServer } from './server.js';

const handoffsOfMorning = 180;
const spanMs = 3 * 3_600_000;
const second = 1_000;

interface Step {
  readonly at: number;
  readonly take: () => Promise<{ status: number }>;
  readonly status: number;
}

/** Moves the server's clock back, through the morning, and lets it go on from now. */
export async function tellHistory(server: TestServer, handoffs = handoffsOfMorning): Promise<void> {
  const now = Date.now();
  server.clock.stopAt(now - spanMs - 60 * second);
  const settings = { sensitive_fields: sampleSensitiveFields };
  const set = await admin(server, 'PATCH', `projects/${server.projectId}`, settings);
  expect(set.status, set.text).toBe(200);

  const steps = Array.from({ length: handoffs }, (_, place) =>
    stepsOf(server, place, place / handoffs, now),
  ).flat();
  for (const { at, take, status } of steps.toSorted((one, other) => one.at - other.at)) {
    if (at > now) continue;
    server.clock.stopAt(at);
    expect((await take()).status).toBe(status);
  }
  server.clock.resume();
}

function stepsOf(server: TestServer, place: number, of: number, now: number): Step[] {
  const state = sampleState(place);
  const query = { shared_id: state.shared_id };
  // Denser towards the end of the morning, and never quite even.
  const share = Math.sqrt(of);
  const writtenAt = Math.round(now - spanMs * (1 - share) - ((place * 2_654_435_761) % 40_000));
  const steps: Step[] = [{ at: writtenAt, take: () => put(server, state), status: 201 }];
  const readAfter = (ms: number) =>
    steps.push({ at: writtenAt + ms, take: () => lookUp(server, query), status: 200 });
  const readBefore = (ms: number, name: Record<string, string> = query) =>
    steps.push({ at: writtenAt - ms, take: () => lookUp(server, name), status: 404 });

  if (place % 29 === 11) return steps;
  if (place % 23 === 7) readAfter(190 * second + place * 40);
  else readAfter(900 + ((place * 2_654_435_761) % 11_000));
  if (place % 19 === 5) readBefore(1_400);
  if (place % 31 === 3) readBefore(30 * second, { shared_id: `CA-test-${place}` });
  return steps;
}
