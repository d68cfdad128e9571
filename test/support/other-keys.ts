// API keys made for a test, and one that only looks like another.

import { crc32 } from 'node:zlib';
import { expect } from 'vitest';
import { newKeyText } from '../../src/key.js';
import { type Received, send } from './request.js';
import type { TestServer } from './server.js';

/** Makes a key over HTTP; gives the answer, `secret` included. */
export async function makeKey(server: TestServer, wanted: object): Promise<Received['json']> {
  const made = await send(`${server.url}/v1/keys`, {
    method: 'POST',
    key: server.keys.admin,
    body: wanted,
  });
  expect(made.status, made.text).toBe(201);
  return made.json;
}

/** Revokes a key over HTTP; it is of no use from the moment that this resolves. */
export async function revokeKey(server: TestServer, keyId: string): Promise<void> {
  const url = `${server.url}/v1/keys/${keyId}`;
  expect((await send(url, { method: 'DELETE', key: server.keys.admin })).status).toBe(200);
}

/** A well-formed key with the key id of another, as somebody makes it who saw only the id. */
export function guessedKey(key: string): string {
  const [, region, keyId] = key.split('_');
  const secret = newKeyText(region!).text.split('_')[3]!.slice(0, 43);
  const unchecked = `baton_${region}_${keyId}_${secret}`;
  return unchecked + base62(crc32(unchecked)).padStart(6, '0');
}

function base62(value: number): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const rest = Math.floor(value / 62);
  return (rest === 0 ? '' : base62(rest)) + alphabet[value % 62];
}
