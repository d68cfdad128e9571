// Preconditions of RFC 9110, section 13, read from the headers of look-ups and writes.

import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../error.js';
import type { Preconditions } from '../handoff.js';

const entityTag = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** Whether `If-None-Match` of a look-up names this ETag (weak comparison): then 304. */
export function isNotModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/**
 * The preconditions of a write. `If-Match` compares strongly, so a weak tag never matches;
 * `If-None-Match` may only be `*`, and only where `mayCreate` says that the call makes states.
 */
export function preconditionsOf(
  { headers }: FastifyRequest,
  options: { mayCreate: boolean },
): Preconditions {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && (!options.mayCreate || ifNoneMatch.trim() !== '*')) {
    throw invalidRequest(
      options.mayCreate
        ? 'If-None-Match: found something else than *; a write takes only *.'
        : 'If-None-Match: this call does not take it; use If-Match.',
    );
  }
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: versionsOf(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch: '*' }),
  };
}

function versionsOf(header: string): '*' | number[] {
  if (header.trim() === '*') return '*';
  return header.split(',').map((part) => {
    const tag = part.trim();
    const parts = entityTag.exec(tag);
    if (parts === null) {
      throw invalidRequest(
        'If-Match: found something that is no entity tag; give the ETag of a look-up, in quotes, or *.',
      );
    }
    const isVersion = /^[1-9][0-9]{0,15}$/.test(parts[1]!) && !tag.startsWith('W/');
    return isVersion ? Number(parts[1]) : 0;
  });
}
