// Pairs of requests that are refused alike: one names what is there, the other what is not.

import { crc32 } from 'node:zlib';
import { newKeyText } from '../dist/key.js';

/** Of each kind, so that no figure is that of one name. */
export const namesMax = 50;

/**
 * Makes states, keys and a project over `ask(request)`, which resolves with the JSON of the answer.
 * `made`: what `baton init --json` printed. Each pair: what it is about, the status of both, and
 * the two requests by the number of a name.
 */
export async function refusalPairs(ask, made) {
  const { account_id, project_id, admin_key, write_key, read_key } = made;
  const states = statesOf(account_id, project_id);
  const known = [];
  for (let n = 0; n < namesMax; n++) {
    await ask(request('PUT', states, write_key, { id: stateName('there', n), data: {} }));
    const body = { permission: 'read', projects: [project_id] };
    known.push(await ask(request('POST', '/v1/keys', admin_key, body)));
  }
  await ask(request('POST', '/v1/projects', admin_key, { project_slug: 'elsewhere' }));
  const ofElsewhere = { permission: 'admin', projects: ['elsewhere'] };
  const { secret: stranger } = await ask(request('POST', '/v1/keys', admin_key, ofElsewhere));

  const lookUp = (path, key, id) => request('GET', `${path}?id=${id}`, key);
  const byStranger = (path) => lookUp(path, stranger, 'there-00');
  const write = (id) => request('PUT', states, read_key, { id, data: {} });
  const showProject = (id) => request('GET', `/v1/projects/${id}`, stranger);
  const revoke = (id) => request('DELETE', `/v1/keys/${id}`, stranger);
  const unknown = known.map(newKeyId);
  return [
    {
      what: 'none: both are the same',
      status: 403,
      there: (n) => lookUp(states, stranger, stateName('there', n)),
      absent: (n) => lookUp(states, stranger, stateName('there', n)),
    },
    {
      what: 'state, looked up by a key of another project',
      status: 403,
      there: (n) => lookUp(states, stranger, stateName('there', n)),
      absent: (n) => lookUp(states, stranger, stateName('never', n)),
    },
    {
      what: 'state, written by a key that only reads',
      status: 403,
      there: (n) => write(stateName('there', n)),
      absent: (n) => write(stateName('never', n)),
    },
    {
      what: 'project, in the path',
      status: 403,
      there: () => byStranger(states),
      absent: (n) => byStranger(statesOf(account_id, numbered(project_id, n))),
    },
    {
      what: 'account, in the path',
      status: 403,
      there: () => byStranger(states),
      absent: (n) => byStranger(statesOf(numbered(account_id, n), project_id)),
    },
    {
      what: 'key, guessed with a wrong secret',
      status: 401,
      there: (n) => lookUp(states, withKeyId(known[n].key_id), 'there-00'),
      absent: (n) => lookUp(states, withKeyId(unknown[n]), 'there-00'),
    },
    {
      what: 'project, by its id',
      status: 404,
      there: () => showProject(project_id),
      absent: (n) => showProject(numbered(project_id, n)),
    },
    {
      what: 'key, by its id',
      status: 404,
      there: (n) => revoke(known[n].key_id),
      absent: (n) => revoke(unknown[n]),
    },
  ];
}

/** The bytes of a request. */
function request(method, path, key, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type = body === undefined ? [] : ['Content-Type: application/json'];
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(text)}`];
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: baton',
    `X-Api-Key: ${key}`,
    ...type,
    ...length,
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}

function statesOf(account, project) {
  return `/v1/${account}/${project}/handoff_state`;
}

function stateName(kind, n) {
  return `${kind}-${String(n).padStart(2, '0')}`;
}

/** An id as long as this one, that nothing has. */
function numbered(id, n) {
  return `${id.slice(0, -3)}_${String(n).padStart(2, '0')}`;
}

/** A key id that no key has. */
function newKeyId() {
  return newKeyText('us-1').text.split('_')[2];
}

/** A well-formed key with this id, as somebody makes it who knows no secret. */
function withKeyId(keyId) {
  const [, region, , rest] = newKeyText('us-1').text.split('_');
  const unchecked = `baton_${region}_${keyId}_${rest.slice(0, 43)}`;
  return unchecked + base62(crc32(unchecked)).padStart(6, '0');
}

function base62(value) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const rest = Math.floor(value / 62);
  return (rest === 0 ? '' : base62(rest)) + alphabet[value % 62];
}
