// What was written is what is read: the same bytes by every name, up to each limit and not past it.

import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/limits.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { startServer } from '../support/server.js';

const server = await startServer();
afterAll(() => server.stop());

const repeated = (count: number, text: (place: number) => string) =>
  Array.from({ length: count }, (_, place) => text(place)).join(',');
/** `data` of so many bytes, of so many levels, of so many members. */
const ofBytes = (bytes: number) => `{"text":"${'x'.repeat(bytes - '{"text":""}'.length)}"}`;
const ofLevels = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const ofMembers = (members: number) =>
  `{"all":[{${repeated(members - 1, (place) => `"${place}":1`)}}]}`;

test.each([
  ['an integer beyond a double', '{"n":12345678901234567890}'],
  ['a trailing zero', '{"n":1.10}'],
  ['minus zero', '{"n":-0,"m":-0.0}'],
  ['a number beyond any double', '{"n":1e400,"m":-1E-400}'],
  ['forms of exponents', '{"a":1E5,"b":1e+05,"c":0.10e-0}'],
  ['members in their order, integer-like ones too', '{"b":1,"10":2,"a":3,"9":4,"":5}'],
  ['null, nested too', '{"a":null,"b":{"c":null},"d":[null,[null]]}'],
  ['escapes as they were chosen', String.raw`{"\u0061\/b":"\u00e9\n\t\"\\\/\ud83d\ude00"}`],
  ['emoji and other scripts', '{"😀":"👩‍👩‍👧‍👦 مرحبا 你好 e\u0301"}'],
  ['an escaped zero character and separators', String.raw`{"a":"\u0000\u2028"}`],
  ['unescaped line separators', '{"a":"\u2028\u2029\u007f"}'],
  ['nothing', '{}'],
  ['empty lists and objects', '{"a":[],"b":{},"c":[[],{}]}'],
  ['names of inherited members', '{"constructor":1,"toString":{"prototype":2}}'],
  ['32 KiB', ofBytes(limits.dataBytesMax)],
  ['32 KiB of emoji', `{"t":"${'😀'.repeat((limits.dataBytesMax - 8) / 4)}"}`],
  ['32 levels', ofLevels(limits.dataLevelsMax)],
  ['32 levels of lists', `{"a":${'['.repeat(31)}${']'.repeat(31)}}`],
  ['2,000 members', ofMembers(limits.dataMembersMax)],
])('%s is the same by id, by shared id and by each alias', async (what, data) => {
  const names = { id: what, shared_id: `${what}, shared`, aliases: [`${what}, 1`, `${what}, 2`] };
  const written = await put(server, `${JSON.stringify(names).slice(0, -1)},"data":${data}}`);
  expect(written.status, written.text).toBe(201);
  expect(written.text).toBe(
    `{"id":${JSON.stringify(what)},"shared_id":${JSON.stringify(names.shared_id)},"data":${data}}`,
  );
  const sharedIds = [names.shared_id, ...names.aliases].map((name) => ({ shared_id: name }));
  for (const query of [{ id: what }, ...sharedIds]) {
    // The second time from memory.
    for (const time of ['first', 'second']) {
      const found = await lookUp(server, query);
      expect([time, found.status, found.text]).toEqual([time, 200, written.text]);
    }
  }
});

test('white space between the parts goes, white space inside a text stays', async () => {
  const body = '\n{ "id" :\t"spaced" ,\r\n"data" : { "a" : [ 1 , 2.50 ] , "b c" : " d  e " } }\n';
  const written = await put(server, body);
  expect(written.text).toBe('{"id":"spaced","data":{"a":[1,2.50],"b c":" d  e "}}');
  expect((await lookUp(server, { id: 'spaced' })).text).toBe(written.text);
});

test('white space does not count towards the 32 KiB', async () => {
  const data = ofBytes(limits.dataBytesMax).replace('{', `{${' '.repeat(20_000)}`);
  expect((await put(server, `{"id":"wide","data":${data}}`)).status).toBe(201);
});

test.each([
  ['32 KiB', ofBytes(limits.dataBytesMax + 1), 413, 'payload_too_large', /32769 bytes.*32768/],
  ['32 levels', ofLevels(limits.dataLevelsMax + 1), 400, 'invalid_request', /level 33.*32/],
  ['2,000 members', ofMembers(limits.dataMembersMax + 1), 400, 'invalid_request', /2001.*2000/],
])(
  'one past %s is refused by name, and what was there stays',
  async (what, data, status, code, said) => {
    const id = `past ${what}`;
    await put(server, { id, data: { kept: true } });
    for (const name of [id, `${id}, new`]) {
      const refused = await put(server, `{"id":${JSON.stringify(name)},"data":${data}}`);
      expect([refused.status, refused.json.error_code]).toEqual([status, code]);
      expect(refused.json.error_message).toMatch(said);
    }
    const kept = await lookUp(server, { id });
    expect([kept.json.data, kept.headers.etag]).toEqual([{ kept: true }, '"1"']);
    expect((await lookUp(server, { id: `${id}, new` })).status).toBe(404);
  },
);
