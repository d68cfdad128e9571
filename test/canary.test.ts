// Canaries: texts that occur nowhere else are sent in every place that a request has, and found
// afterwards in no log, metric, error, audit, backup, file of the store or temporary file, in any
// usual form.

import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../src/config.js';
import { newKeyText } from '../src/key.js';
import { type ChildServer, runBaton, serveChild } from './support/child-server.js';
import { formsFound } from './support/encoded.js';
import { head, sendRaw } from './support/raw-request.js';
import { type Received, type Sent, send } from './support/request.js';
import { makePlace } from './support/store-place.js';
import { filesBelow, storedFiles } from './support/stored-files.js';
import { openRows } from './support/stored-rows.js';
import { temporaryDirectory } from './support/test-config.js';

const random = randomBytes(8).toString('hex');
/** Stands in data, in the names of a project that hides them, and in whatever is refused. */
const secret = `canary${random}`;
/** Stands in ids, shared ids and aliases of another project, and in names of keys and projects. */
const named = `named${random}`;
const masterKey = randomBytes(32).toString('hex');

interface Keys {
  readonly admin: string;
  readonly write: string;
  readonly read: string;
}

test('what is said in confidence is told, logged and stored nowhere', async () => {
  const temporary = temporaryDirectory();
  const place = await makePlace({ masterKey, masterKeyFile: null });
  onTestFinished(async () => {
    await place.remove();
    rmSync(temporary, { recursive: true });
  });
  const { dataDir, databaseUrl } = place.config;
  const environment = {
    BATON_MASTER_KEY: masterKey,
    BATON_LOG_LEVEL: 'trace',
    TMPDIR: temporary,
    ...(databaseUrl === null ? { BATON_DATA_DIR: dataDir } : { BATON_DATABASE_URL: databaseUrl }),
  };
  const made = await runBaton(['init', '--json'], environment);
  const { admin_key: admin, write_key: write, read_key: read } = JSON.parse(made.output);
  const keys: Keys = { admin, write, read };
  const server = await serveChild([], environment);
  const answers: Received[] = [];
  const call = async (url: string, sent: Sent) => {
    const answer = await send(`${server.url}${url}`, sent);
    answers.push(answer);
    return answer;
  };

  await call('/v1/projects', {
    method: 'POST',
    key: admin,
    body: { project_slug: named, hash_ids: true },
  });
  await goodCalls(call, `/v1/demo/demo`, named, keys);
  await goodCalls(call, `/v1/demo/${named}`, secret, { admin, write: admin, read: admin });
  await badCalls(call, `/v1/demo/demo`, keys);
  await badBodies(call, `/v1/demo/${named}`, admin);
  await rawCalls(server, keys);
  const whileOpen = await storedFiles(place.config);
  await brokenRecords(call, place.config, admin);
  const doctor = await runBaton(['doctor'], environment);
  const backup = join(temporary, 'a.backup');
  expect((await runBaton(['backup', backup], environment)).code).toBe(0);
  const list = await runBaton(['project', 'list', '--account', 'demo', '--json'], environment);
  expect(list.code).toBe(0);
  const metrics = await send(`${server.url}/metrics`, { key: admin });
  await server.end('SIGTERM');
  const audit = await wholeAudit(environment);

  const errors = answers.filter(({ status }) => status >= 400);
  const statuses = [...new Set(errors.map(({ status }) => status))].toSorted((a, b) => a - b);
  expect(statuses).toEqual([400, 401, 403, 404, 405, 409, 412, 413, 415, 500]);
  expect(server.output()).toContain('is broken');
  const told = {
    log: server.output(),
    metrics: metrics.text,
    errors: errors.map(({ headers, text }) => JSON.stringify(headers) + text).join('\n'),
    doctor: doctor.output,
    audit,
    backup: readFileSync(backup, 'latin1'),
  };
  const confidential = [secret, masterKey, ...[admin, write, read].map(secretPartOf)];
  for (const [where, text] of Object.entries(told)) {
    expect(text.length).toBeGreaterThan(500);
    for (const word of [...confidential, ...(where === 'doctor' ? [] : [named])]) {
      expect([where, word, formsFound(Buffer.from(text, 'latin1'), word)]).toEqual([
        where,
        word,
        [],
      ]);
    }
  }

  const files = [...whileOpen, ...(await storedFiles(place.config)), ...filesBelow(temporary)];
  expect(files.some(({ bytes }) => formsFound(bytes, named).length > 0)).toBe(true);
  for (const { path, bytes } of files) {
    for (const word of confidential) {
      expect([path, word, formsFound(bytes, word)]).toEqual([path, word, []]);
    }
  }
}, 300_000);

test('the search finds every form that it looks for, at any place', () => {
  const forms = {
    clear: secret,
    hex: Buffer.from(`x${secret}`).toString('hex').toUpperCase(),
    percent: [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
    escapes: [...secret].map((it) => `\\u00${it.charCodeAt(0).toString(16)}`).join(''),
    base64: Buffer.from(`{"${secret}":1}`).toString('base64'),
  };
  for (const [name, form] of Object.entries(forms)) {
    expect(formsFound(Buffer.from(`before ${form} after`), secret)).toContain(name);
  }
  for (let before = 0; before < 6; before++) {
    const coded = Buffer.from(`${'x'.repeat(before)}${secret}yz`).toString('base64');
    expect(formsFound(Buffer.from(coded), secret)).toContain('base64');
  }
  const wide = Buffer.from(secret, 'utf16le');
  expect(formsFound(wide, secret)).toEqual(['UTF-16']);
  expect(formsFound(Buffer.from('nothing of it'), secret)).toEqual([]);
});

type Call = (url: string, sent: Sent) => Promise<Received>;

/** Every call on states, with names of this word; data always holds what is secret. */
async function goodCalls(call: Call, base: string, word: string, keys: Keys): Promise<void> {
  const { write, read, admin } = keys;
  const data = { [`${secret}-member`]: `${secret} – ${'long '.repeat(200)}${secret}` };
  const [id, shared_id, alias] = [`${word}-id`, `${word}-shared`, `${word}-alias`];
  const url = `${base}/handoff_state`;
  const json = { 'content-type': 'application/merge-patch+json' };
  const late = call(`${url}?id=${word}-late&wait=10`, { key: read });
  const answers = [
    await call(url, { method: 'PUT', key: write, body: { id, shared_id, aliases: [alias], data } }),
    await call(url, { method: 'PUT', key: write, body: { id: `${word}-late`, data } }),
    await late,
    await call(`${url}?id=${id}`, { key: read }),
    await call(`${url}?shared_id=${alias}`, { key: read }),
    await call(`/v3${url.slice(3)}?shared_id=${shared_id}`, { key: read }),
    await call(`${url}?id=${id}`, { method: 'HEAD', key: read }),
    await call(`${url}?shared_id=${alias}`, {
      method: 'PATCH',
      key: write,
      headers: json,
      body: { data: { [secret]: secret }, aliases: [`${word}-other`] },
    }),
    await call(url, { method: 'PUT', key: write, body: { id: `${word}-2`, shared_id, data } }),
    await call(`${base}/handoff_states?id=${id}&shared_id=${word}-other`, { key: admin }),
    await call(`${url}?id=${word}-2`, { method: 'DELETE', key: write }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    201, 201, 200, 200, 200, 200, 200, 200, 201, 200, 200,
  ]);
  expect(answers[3]!.json.data).toEqual(data);
  await call(`${url}?id=${word}-2`, { key: read });
  await call(`${url}?shared_id=${word}-never&wait=1`, { key: read });
  const body = { name: `${named} key`, permission: 'read', view: { allow: [`/${named}`] } };
  const key = await call('/v1/keys', { method: 'POST', key: admin, body });
  const seen = await call(`${url}?id=${id}`, { key: key.json.secret });
  expect(seen.json.data).toEqual({});
  await call(`/v1/keys/${key.json.key_id}/rotate`, { method: 'POST', key: admin, body: {} });
  await call(`/v1/keys/${key.json.key_id}`, { method: 'DELETE', key: admin });
  await call(`${base}/handoff_states?alias=${word}-other`, { method: 'DELETE', key: admin });
  await call(`${base}/receipts?id=${id}`, { key: admin });
}

/** What is secret in paths, parameters, headers and keys. */
async function badCalls(call: Call, base: string, { admin, write, read }: Keys): Promise<void> {
  const url = `${base}/handoff_state`;
  const basic = `Basic ${Buffer.from(`${secret}:${secret}`).toString('base64')}`;
  const forged = read.slice(0, -6) + secret.slice(-6);
  for (const key of [secret, `baton_us-1_${secret}_${secret}`, forged, newKeyText('uk-1').text]) {
    await call(`${url}?id=${secret}`, { key });
    await call(`${url}?id=${secret}`, { headers: { authorization: `Bearer ${key}` } });
  }
  await call(url, { headers: { authorization: basic } });
  for (const query of [
    `id=${secret}&id=${secret}`,
    `${secret}=${secret}`,
    `id=${secret}%ff`,
    `id=${secret}&wait=${secret}`,
    `api_key=${secret}&id=x`,
    `id=${secret}`,
    `shared_id=${encodeURIComponent(`${secret}\u0007`)}`,
    `id=${secret.repeat(30)}`,
  ]) {
    await call(`${url}?${query}`, { key: read });
  }
  for (const path of [`/v1/${secret}/${secret}/handoff_state?id=x`, `/${secret}`, `/%${secret}`]) {
    await call(path, { key: read });
    await call(path, {});
  }
  for (const path of [`keys/${secret}`, `projects/${secret}`]) {
    await call(`/v1/${path}`, { method: 'DELETE', key: admin });
    await call(`/v1/${path}`, { key: admin });
  }
  await call(`${url}s?cursor=${secret}&from=${secret}&status=${secret}`, { key: admin });
  await call(`${url}?id=${secret}`, { method: 'POST', key: write, body: { id: secret } });
  const headers = ['if-match', 'if-none-match', 'prefer', 'x-request-id', 'x-forwarded-for'];
  for (const name of [
    ...headers,
    'forwarded',
    'user-agent',
    'cookie',
    'origin',
    'referer',
    secret,
  ]) {
    await call(`${url}?id=x`, { key: read, headers: { [name]: secret } });
    const body = { id: `${named}-header`, data: {} };
    await call(url, { method: 'PUT', key: write, body, headers: { [name]: secret } });
  }
  await call(url, { method: 'PUT', key: write, body: '{}', headers: { 'if-match': '"99"' } });
  const known = { id: `${named}-id`, data: { [secret]: secret } };
  await call(url, { method: 'PUT', key: write, body: known, headers: { 'if-match': '"99"' } });
  await call('/v1/projects', { method: 'POST', key: admin, body: { project_slug: 'demo' } });
  await call('/v1/projects', { method: 'POST', key: admin, body: { [secret]: secret } });
  await call('/v1/keys', { method: 'POST', key: admin, body: { permission: secret } });
}

async function badBodies(call: Call, base: string, key: string): Promise<void> {
  const url = `${base}/handoff_state`;
  const text = JSON.stringify({ id: secret, data: { [secret]: secret } });
  const bodies = [
    text.slice(0, -4),
    `${text}${secret}`,
    secret,
    `"${secret}"`,
    text.replace('"data"', `"${secret}"`),
    text.replace('{', `{"id":"${secret}",`),
    `{"id":"${secret}","data":{"${secret}":1,"${secret}":2}}`,
    `{"id":"${secret}","data":{"__proto__":"${secret}"}}`,
    JSON.stringify({ id: secret, data: secret }),
    JSON.stringify({ id: secret, data: {}, ttl_seconds: secret }),
    JSON.stringify({ id: secret.repeat(20), data: {} }),
    JSON.stringify({ id: secret, data: { text: secret.repeat(2_000) } }),
    JSON.stringify({ id: secret, data: { text: secret.repeat(4_000) } }),
  ];
  for (const body of bodies) {
    await call(url, { method: 'PUT', key, body });
    await call(`${url}?id=${secret}-id`, { method: 'PATCH', key, body });
    await call(url, { method: 'PUT', key, body, headers: { 'content-type': `text/${secret}` } });
  }
}

/** What no HTTP client would send. */
async function rawCalls({ url }: ChildServer, { read }: Keys): Promise<void> {
  const path = `/v1/demo/demo/handoff_state?id=${secret}`;
  for (const bytes of [
    `GET ${path} ${secret}\r\n\r\n`,
    `${secret} ${path} HTTP/1.1\r\nhost: x\r\n\r\n`,
    head(`GET ${path} HTTP/1.1`, { host: 'x', 'x-api-key': read, [`bad ${secret}`]: secret }),
    head(`GET ${path} HTTP/1.1`, { host: 'x', 'x-api-key': read, large: secret.repeat(1_000) }),
    head(`PUT ${path} HTTP/1.1`, { host: 'x', 'content-length': secret }),
    `${head(`PUT ${path} HTTP/1.1`, { host: 'x', 'content-length': 9_999 })}{"id":"${secret}`,
  ]) {
    await sendRaw(url, bytes, { endAfterMs: 100 });
  }
}

/** Failures of the server's own, with every name and value in reach. */
async function brokenRecords(call: Call, config: Config, key: string): Promise<void> {
  const rows = await openRows(config);
  await rows.all('UPDATE handoff_state SET version = version + 1');
  await rows.close();
  for (const [project, word] of [
    ['demo', named],
    [named, secret],
  ]) {
    const url = `/v1/demo/${project}/handoff_state?id=${word}-late`;
    for (const wait of ['', '&wait=2']) expect((await call(url + wait, { key })).status).toBe(500);
    await call(url, { method: 'PATCH', key, body: { data: { [secret]: secret } } });
  }
}

/** Of each project, of the account, and what belongs to nobody. */
async function wholeAudit(environment: Record<string, string>): Promise<string> {
  const account = ['--account', 'demo'];
  const scopes = [...['demo', named].map((it) => [...account, '--project', it]), account, []];
  const shown = await Promise.all(
    scopes.map((scope) => runBaton(['audit', ...scope, '--json'], environment)),
  );
  for (const { output } of shown) expect(JSON.parse(output).items).not.toEqual([]);
  return shown.map(({ output }) => output).join('');
}

/** The part of a key that is no id of it. */
function secretPartOf(key: string): string {
  return key.split('_').at(-1)!;
}
