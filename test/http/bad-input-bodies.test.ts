// Bodies that are no handoff state: each is refused with its reason, and nothing is stored.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/error.js';
import { head, sendRaw } from '../support/raw-request.js';
import { expectRefusal, listed } from '../support/refusal.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let before: unknown;
beforeAll(async () => {
  server = await startServer();
  const body = { id: 'kept', data: {} };
  await send(server.stateUrl, { method: 'PUT', key: server.keys.write, body });
  before = await listed(server);
});
afterAll(() => server.stop());

type Row = [what: string, body: string, says: RegExp, code?: ErrorCode];

const withData = (data: string): string => `{"id":"kept","data":${data}}`;
const members = (count: number): string =>
  `{${Array.from({ length: count }, (_, place) => `"${place}":0`).join(',')}}`;
const text = (characters: number): string => JSON.stringify('h'.repeat(characters));
const nested = (levels: number): string => '{"a":'.repeat(levels) + 1 + '}'.repeat(levels);
const noObject = /^JSON: found a [a-z ]+ in place of an object at character 1; send valid JSON/;

// biome-ignore format: a table
const malformed: Row[] = [
  ['nothing', '', /^body: found nothing; send a JSON object/],
  ['white space', ' \r\n', /^JSON: found the end of the text in place of an object at character 4/],
  ['not JSON', 'hush', noObject],
  ['a form', 'id=kept&data=hush', noObject],
  ['text', '"hush"', noObject],
  ['a number', '12', noObject],
  ['null', 'null', noObject],
  ['a list', '[{"id":"kept","data":{}}]', /^JSON: found an array in place of an object at character 1/],
  ['a byte order mark', `\ufeff${withData('{}')}`, /^JSON: found a byte order mark in place of an object/],
  ['cut JSON', '{"id":"kept","data":{"hush":', /^JSON: found the end of the text in place of a value at character 29/],
  ['a second object', `${withData('{}')} {}`, /^JSON: found an object in place of the end of the text at character 25/],
  ['a trailing comma', '{"id":"kept","data":{},}', /in place of a member name in double quotes at character 24/],
  ['single quotes', "{'id':'kept','data':{}}", /^JSON: found a quotation mark in place of a member name/],
  ['a comment', withData('{}/*hush*/'), /^JSON: found another character in place of a comma/],
  ['NaN', withData('{"a":NaN}'), /^JSON: found a letter in place of a value at character 26/],
  ['a leading zero', withData('{"a":01}'), /^JSON: found a number in place of a comma or a closing brace/],
  ['a raw line feed', withData('{"a":"\n"}'), /^JSON: found a control character in place of the rest of a string/],
  ['a wrong escape', withData('{"a":"\\x"}'), /^JSON: found a backslash in place of a valid escape sequence/],
  ['a repeated member', '{"id":"kept","data":{},"data":{}}', /second member of the same name at character 24; name each/],
  ['a repeated member inside data', withData('{"a":[{"hush":1,"hush":1}]}'), /second member of the same name at character 37/],
  ['a repeated member, once escaped', withData('{"hush":1,"h\\u0075sh":2}'), /second member of the same name at character 31/],
  ['a member __proto__', '{"__proto__":{},"id":"kept","data":{}}', /a member named __proto__ at character 2; give it another name/],
  ['__proto__ inside data', withData('{"a":{"__proto__":1}}'), /a member named __proto__ at character 27; give/],
  ['__proto__ escaped', withData('{"__pr\\u006fto__":1}'), /a member named __proto__ at character 22; give/],
  ['33 levels of objects', withData(nested(33)), /^JSON: found level 33 of nesting at character [0-9]+; nest values at most 32/],
  ['33 levels of lists', withData(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`), /^JSON: found level 33 of nesting/],
  ['nesting without end', '{"data":'.repeat(8_000), /^JSON: found level 33 of nesting/],
  ['2,001 members', withData(members(2_001)), /^data: found 2001 members in all; give at most 2000/],
  ['an unknown member', '{"id":"kept","data":{},"hush":1}', /^body: found an unknown member of 4 characters; the known ones/],
  ['a misspelt member', '{"id":"kept","data":{},"shard_id":"hush"}', /^body: found an unknown member of 8 characters; did you mean shared_id\?/],
  ['too much data', withData(`{"a":${text(32_761)}}`), /^data: found 32769 bytes without white space; give/, 'payload_too_large'],
  ['too many bytes', withData(`{"a":${text(65_536)}}`), /^body: found more than 65536 bytes; send at most/, 'payload_too_large'],
];

// biome-ignore format: a table
const wrongMembers: [member: string, value: string, says: RegExp][] = [
  ['id', '""', /^id: found text of 0 characters; give at least/],
  ['id', text(256), /^id: found text of 256 characters; give at most/],
  ['id', '12', /^id: found a number; give text/],
  ['id', 'null', /^id: found null; give text/],
  ['id', '"hush\\u0000"', /^id: found text of 5 characters .*; leave out control characters/],
  ['id', '"hush\\u0085"', /^id: found text of 5 characters .*; leave out control characters/],
  ['id', '"hush\\ud800"', /^id: found text of 5 characters .*; leave out control characters/],
  ['shared_id', '""', /^shared_id: found text of 0 characters; give at least/],
  ['shared_id', text(256), /^shared_id: found text of 256 characters; give at most/],
  ['shared_id', '"hush\\t"', /^shared_id: found text of 5 characters .*; leave out control/],
  ['shared_id', '{}', /^shared_id: found an object; give text/],
  ['aliases', '"hush"', /^aliases: found text of 4 characters; give a list/],
  ['aliases', '["hush",1]', /^aliases\.1: found a number; give text/],
  ['aliases', '[null]', /^aliases\.0: found null; give text/],
  ['aliases', '[""]', /^aliases\.0: found text of 0 characters; give at least/],
  ['aliases', `[${text(256)}]`, /^aliases\.0: found text of 256 characters; give at most/],
  ['aliases', '["hush\\n"]', /^aliases\.0: found text of 5 characters .*; leave out control/],
  ['aliases', JSON.stringify([...'123456789']), /^aliases: found 9 different aliases; give at most 8/],
  ['aliases', JSON.stringify(Array(101).fill('a')), /^aliases: found a list of 101; give at most/],
  ['data', '[]', /^data: found a list of 0; give a JSON object/],
  ['data', '"hush"', /^data: found text of 4 characters; give a JSON object/],
  ['data', 'null', /^data: found null; give a JSON object/],
  ['data', '1', /^data: found a number; give a JSON object/],
  ['ttl_seconds', '0', /^ttl_seconds: found a number out of range; give at least 1/],
  ['ttl_seconds', '-1', /^ttl_seconds: found a number out of range; give at least 1/],
  ['ttl_seconds', '1.5', /^ttl_seconds: found a fraction; give a whole number/],
  ['ttl_seconds', '"x"', /^ttl_seconds: found text of 1 characters; give a whole number/],
  ['ttl_seconds', '"60"', /^ttl_seconds: found text of 2 characters; give a whole number/],
  ['ttl_seconds', '1000000000000', /^ttl_seconds: found a number above .* retention of 604800 seconds; give 1 to 604800/],
  ['ttl_seconds', '1e400', /^ttl_seconds: found a number that is far too large; give a whole number/],
  ['ttl_seconds', 'true', /^ttl_seconds: found true or false; give a whole number/],
];

describe('a write is refused and nothing stored with a body of', () => {
  it.each(malformed)('%s', async (_what, body, says, code = 'invalid_request') => {
    await expectRefused('PUT', body, code, says);
    await expectRefused('PATCH', body, code, says);
  });
});

describe('a write is refused and nothing stored with a member', () => {
  const rows = wrongMembers.map((row) => [`${row[0]}: ${row[1].slice(0, 30)}`, ...row] as const);

  it.each(rows)('%s', async (_what, member, value, says) => {
    const given = Object.entries({ id: '"kept"', data: '{}', [member]: value });
    const body = `{${given.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
    await expectRefused('PUT', body, 'invalid_request', says);
    await expectRefused('PATCH', body, 'invalid_request', says);
  });
});

describe('a PUT is refused and nothing stored', () => {
  it.each<Row>([
    ['without an id', '{"data":{}}', /^id: found nothing; this member is needed/],
    ['without data', '{"id":"hush"}', /^data: found nothing; this member is needed/],
    ['with nothing in it', '{}', /^(id|data): found nothing; this member is needed/],
  ])('%s', (_what, body, says) => expectRefused('PUT', body, 'invalid_request', says));
});

describe('a body that is not UTF-8 is refused and nothing stored', () => {
  it.each([
    ['a stray byte', '\xff'],
    ['an overlong form', '\xc0\xaf'],
    ['half a surrogate pair', '\xed\xa0\x80'],
    ['beyond Unicode', '\xf4\x90\x80\x80'],
    ['a cut character', '\xc3'],
  ])('%s', async (_what, bytes) => {
    const body = withData(`{"a":"hush${bytes}"}`);
    const line = 'PUT /v1/demo/demo/handoff_state HTTP/1.1';
    const headers = {
      host: 'a',
      'x-api-key': server.keys.write,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const [answer] = await sendRaw(server.url, head(line, headers) + body);
    expectRefusal(answer!, 'invalid_request', /^body: found bytes that are not UTF-8; send JSON/);
    expect(await listed(server)).toEqual(before);
  });
});

async function expectRefused(
  method: 'PUT' | 'PATCH',
  body: string,
  code: ErrorCode,
  says: RegExp,
): Promise<void> {
  const url = method === 'PUT' ? server.stateUrl : `${server.stateUrl}?id=kept`;
  const answer = await send(url, { method, key: server.keys.write, body });
  expectRefusal(answer, code, says);
  expect(await listed(server)).toEqual(before);
}
