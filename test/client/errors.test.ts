// What a user learns from a call that fails, and what no error ever shows.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BatonClient, type ClientOptions, isMissing } from '../../client/src/index.js';
import { statusOfCode } from '../../src/error.js';
import {
  answer,
  apiKey,
  cut,
  failureOf,
  refusal,
  scriptedServer,
  silence,
  state,
  stateHeaders,
} from './scripted-server.js';

const byId = { id: 'call-1' };

test.each(Object.entries(statusOfCode))(
  'the code %s of the server arrives, with its status, message and request id',
  async (code, status) => {
    const server = await scriptedServer(refusal(status, code));
    const error = await failureOf(server.clientWith({ retries: 0 }).get(byId));
    const message = `Refused for a test with ${status}.`;
    expect(error).toMatchObject({ code, status, message, requestId: 'request-1' });
    expect(error.name).toBe('BatonClientError');

    const bare = await scriptedServer(answer(status, { error_id: 'body-1' }));
    const told = await failureOf(bare.clientWith({ retries: 0 }).get(byId));
    expect(told).toMatchObject({ code: status === 404 ? 'not_found' : code, requestId: 'body-1' });
  },
);

test.each<[number, object | string, string, string]>([
  [404, { error_message: 'No match.' }, 'not_found', 'No match.'],
  [403, { error_message: 'Over quota.', error_code: 'later_code' }, 'forbidden', 'Over quota.'],
  [413, '<html>Too large</html>', 'payload_too_large', 'The server answered 413 with a body of 22'],
  [502, '', 'invalid_answer', 'The server answered 502 with a body of 0 characters'],
  [418, '[]', 'invalid_answer', 'check that url leads to a Baton server'],
])('a %i that is not quite an error of Baton is told by its status', async (...row) => {
  const [status, body, code, message] = row;
  const server = await scriptedServer(answer(status, body));
  const error = await failureOf(server.client.get(byId));
  expect(error).toMatchObject({ code, status, requestId: 'request-1' });
  expect(error.message).toContain(message);
});

test.each(['handoff_state_not_found', 'handoff_state_expired', 'handoff_state_erased'])(
  'after %s get fails with that code and find gives undefined',
  async (code) => {
    const server = await scriptedServer(refusal(404, code), refusal(404, code));
    const error = await failureOf(server.client.get(byId));
    expect(error).toMatchObject({ code, outcomeUnknown: false });
    expect(isMissing(error)).toBe(true);
    expect(await server.client.find(byId)).toBeUndefined();
  },
);

test.each([
  [404, 'not_found'],
  [403, 'forbidden'],
])('find fails after a %i %s, which is no missing state', async (status, code) => {
  const server = await scriptedServer(refusal(status, code));
  const error = await failureOf(server.client.find(byId));
  expect(error).toMatchObject({ code });
  expect(isMissing(error)).toBe(false);
});

describe('an answer that Baton does not send is told by place', () => {
  const { etag, ...headersWithoutEtag } = stateHeaders;
  test.each([
    ['text', answer(200, '<html>Log in</html>', stateHeaders), 'no JSON object'],
    ['an array', state('[]'), 'no JSON object'],
    ['no id', state({ data: {} }), 'no string in id'],
    ['data of another type', state({ id: 'call-1', data: 'x' }), 'no object in data'],
    ['no ETag', answer(200, { ...byId, data: {} }, headersWithoutEtag), 'no header etag'],
    [
      'an ETag that is no version',
      answer(200, { ...byId, data: {} }, { ...stateHeaders, etag: etag.replace('3', 'abc') }),
      'no version',
    ],
    [
      'a Sunset that is no date',
      answer(200, { ...byId, data: {} }, { ...stateHeaders, sunset: 'soon' }),
      'no time in its header sunset',
    ],
    ['a 304 that was not asked for', answer(304, '', stateHeaders), 'no JSON object'],
  ])('%s', async (_name, step, found) => {
    const server = await scriptedServer(step);
    const error = await failureOf(server.client.get(byId));
    expect(error.code).toBe('invalid_answer');
    expect(error.message).toContain(found);
    expect(server.requests).toHaveLength(1);
  });

  test('bytes that are not UTF-8', async () => {
    const server = await scriptedServer((response) => {
      const bytes = Buffer.from('{"id":"call-1","data":{"byte":"\xff"}}', 'latin1');
      response.writeHead(200, stateHeaders).end(bytes);
    });
    expect(await failureOf(server.client.get(byId))).toMatchObject({ code: 'invalid_answer' });
  });
});

test.each([301, 302, 303, 307, 308])(
  'a %i is not followed, so no other host sees the key',
  async (status) => {
    const other = await scriptedServer(state());
    const server = await scriptedServer(answer(status, '', { location: other.url }));
    const error = await failureOf(server.client.put({ ...byId, data: {} }));
    expect(error).toMatchObject({ code: 'invalid_answer', status });
    expect(error.message).toContain('redirect');
    expect(server.requests).toHaveLength(1);
    expect(other.requests).toHaveLength(0);
  },
);

describe('the API key is in the header of each request and shown nowhere else', () => {
  test('not by the client, however it is printed', async () => {
    const { client, requests } = await scriptedServer(state());
    await client.get(byId);
    expect(requests[0]?.headers['x-api-key']).toBe(apiKey);
    expect(requests[0]?.url).not.toContain(apiKey);
    for (const one of [client, client.project('acme', 'other'), client.keys, client.projects]) {
      const shown = inspect(one, { showHidden: true, depth: null }) + JSON.stringify(one);
      expect(shown).not.toContain(apiKey);
    }
  });

  test.each([
    ['a refusal that quotes it', answer(403, { error_message: `Bad key ${apiKey}.` })],
    ['a lost connection', cut],
    ['silence', silence],
    ['an answer that quotes it', answer(200, apiKey, stateHeaders)],
  ])('not by the error after %s', async (_name, step) => {
    const server = await scriptedServer(step);
    const client = server.clientWith({ retries: 0, timeoutSeconds: 0.3 });
    const error = await failureOf(client.get(byId));
    const shown = inspect(error, { showHidden: true, depth: null }) + JSON.stringify(error);
    expect(shown + String(error)).not.toContain(apiKey);
  });
});

test('a key that is shorter than any secret leaves the words of a message as they are', async () => {
  const message = 'No handoff state; look up a state.';
  const server = await scriptedServer(answer(404, { error_message: message }));
  const error = await failureOf(server.clientWith({ apiKey: 'k' }).get(byId));
  expect(error.message).toBe(message);
});

describe('options that cannot work are refused by name and never quoted', () => {
  const good: ClientOptions = { url: 'http://127.0.0.1:8787', apiKey };
  const secret = 'SECRET';
  test.each<[string, string, Partial<ClientOptions>]>([
    ['no key', 'apiKey: found text of 0 characters', { apiKey: '' }],
    ['a key with a line break', 'apiKey: found text of 9', { apiKey: `${secret}\nab` }],
    ['a key with a space', 'apiKey: found text of 8', { apiKey: `${secret} a` }],
    ['a key beyond ASCII', 'apiKey: found text of 7', { apiKey: `${secret}é` }],
    ['no scheme', 'url: found text of 14', { url: `localhost:8787` }],
    ['another scheme', 'url: found text of 12', { url: `ftp://${secret}` }],
    ['a path', 'url: found more than an origin', { url: `http://h/${secret}` }],
    ['a query', 'url: found more than an origin', { url: `http://h/?key=${secret}` }],
    ['credentials', 'url: found more than an origin', { url: `http://me:${secret}@h` }],
    ['no time-out', 'timeoutSeconds: found no number above 0', { timeoutSeconds: 0 }],
    ['a time-out of NaN', 'timeoutSeconds: found no number above 0', { timeoutSeconds: NaN }],
    ['a negative number of retries', 'retries: found no whole number', { retries: -1 }],
    ['half a retry', 'retries: found no whole number', { retries: 0.5 }],
  ])('%s', (_name, message, options) => {
    expect(() => new BatonClient({ ...good, ...options })).toThrow(
      expect.objectContaining({ code: 'invalid_request', status: undefined }),
    );
    expect(() => new BatonClient({ ...good, ...options })).toThrow(message);
    expect(() => new BatonClient({ ...good, ...options })).not.toThrow(secret);
  });
});
