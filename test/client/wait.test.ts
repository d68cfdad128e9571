// Look-ups that wait, and calls that their caller ends.

import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import {
  cut,
  failureOf,
  refusal,
  type Step,
  scriptedServer,
  silence,
  state,
} from './scripted-server.js';

const missing = refusal(404, 'handoff_state_not_found');
const notHeld = refusal(404, 'handoff_state_not_found', { 'retry-after': '1' });

/** The answer comes after this time, as that of a look-up that waits does. */
function after(milliseconds: number, step: Step): Step {
  return (response) => {
    setTimeout(() => step(response), milliseconds);
  };
}

function waitsOf(requests: readonly { url: string }[]): (string | null)[] {
  return requests.map(({ url }) => new URL(url, 'http://host').searchParams.get('wait'));
}

test('a look-up has its wait on top of the time-out', async () => {
  const server = await scriptedServer(after(600, state()), silence);
  const client = server.clientWith({ timeoutSeconds: 0.3, retries: 0 });
  await client.get({ id: 'call-1' }, { waitSeconds: 10 });
  expect(await failureOf(client.get({ id: 'call-1' }))).toMatchObject({ code: 'timeout' });
  expect(waitsOf(server.requests)).toEqual(['10', null]);
});

test('a repeated look-up waits only for what is left of its wait', async () => {
  const server = await scriptedServer(after(1_050, cut), state());
  await server.client.get({ id: 'call-1' }, { waitSeconds: 20 });
  const [first, second] = waitsOf(server.requests).map(Number);
  expect(first).toBe(20);
  expect(second).toBeLessThan(20);
  expect(second).toBeGreaterThan(10);
});

test('a wait of 0 is asked for; a wait that is no whole number is refused at once', async () => {
  const server = await scriptedServer(state());
  await server.client.get({ id: 'call-1' }, { waitSeconds: 0 });
  expect(waitsOf(server.requests)).toEqual(['0']);
  for (const waitSeconds of [-1, 1.5, Number.NaN]) {
    const error = await failureOf(server.client.get({ id: 'call-1' }, { waitSeconds }));
    expect(error).toMatchObject({ code: 'invalid_request', status: undefined });
  }
  expect(server.requests).toHaveLength(1);
});

test('a look-up that the server could not hold comes again while its wait lasts', async () => {
  const server = await scriptedServer(notHeld, state());
  await server.client.get({ id: 'call-1' }, { waitSeconds: 5 });
  expect(waitsOf(server.requests)).toEqual(['5', '5']);

  const late = refusal(404, 'handoff_state_not_found', { 'retry-after': '2' });
  const short = await scriptedServer(late, late, late);
  const error = await failureOf(short.client.get({ id: 'call-1' }, { waitSeconds: 2 }));
  expect(error).toMatchObject({ code: 'handoff_state_not_found', retryAfterSeconds: 2 });
  expect(short.requests).toHaveLength(2);
});

test('a state that is missing after the wait, or without one, is not looked up again', async () => {
  const server = await scriptedServer(missing, notHeld);
  await failureOf(server.client.get({ id: 'call-1' }, { waitSeconds: 5 }));
  await failureOf(server.client.get({ id: 'call-1' }));
  expect(server.requests).toHaveLength(2);
});

test('the signal of the caller ends a call with its reason, and nothing is sent again', async () => {
  const caller = new AbortController();
  const reason = new Error('the call was hung up');
  const hangUp: Step = () => caller.abort(reason);
  const server = await scriptedServer(hangUp, state());
  const { signal } = caller;
  await expect(server.client.get({ id: 'call-1' }, { signal })).rejects.toBe(reason);
  await expect(server.client.get({ id: 'call-1' }, { signal })).rejects.toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test('the signal of the caller ends a pause too', async () => {
  const caller = new AbortController();
  const reason = new Error('the call was hung up');
  const server = await scriptedServer((response) => {
    // Nothing outside tells when the pause has begun; it lasts 10 seconds.
    response.on('close', () => setTimeout(() => caller.abort(reason), 200));
    refusal(503, 'unavailable', { 'retry-after': '10' })(response);
  });
  const startedAt = performance.now();
  const call = server.client.get({ id: 'call-1' }, { signal: caller.signal });
  await expect(call).rejects.toBe(reason);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('one signal serves many calls without collecting listeners', async () => {
  const { signal } = new AbortController();
  const server = await scriptedServer(refusal(503, 'unavailable'), state());
  await server.client.get({ id: 'call-1' }, { signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
