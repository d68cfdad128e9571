// Paths, queries and header values out of what a caller gave, none of which can mean another call.

import { invalidRequest } from './errors.js';
import type { HandoffName } from './types.js';

/** A path below the origin, each segment escaped: `path('v1', 'keys', keyId)`. */
export function path(...segments: string[]): string {
  return segments.map((segment) => `/${pathSegment(segment)}`).join('');
}

/** A query without the parameters that are undefined, with its question mark. */
export function query(parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const pairs = given.map(([name, value]) => `${name}=${escaped(name, String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The query that names a handoff state. */
export function nameParameters(name: HandoffName): Record<string, string | undefined> {
  return { id: name.id, shared_id: name.sharedId };
}

/** A time as the wire has it: RFC 3339 in UTC. */
export function timeText(name: string, time: Date | undefined): string | undefined {
  if (time === undefined) return undefined;
  if (Number.isNaN(time.getTime())) {
    throw invalidRequest(`${name}: found a Date that is no time; give a valid one.`);
  }
  return time.toISOString();
}

/** The headers with these preconditions; those left undefined are left out. */
export function conditionHeaders(conditions: {
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
}): Record<string, string> {
  const headers: Record<string, string> = {};
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined) headers['if-match'] = headerValue('ifMatch', ifMatch);
  if (ifNoneMatch !== undefined) headers['if-none-match'] = headerValue('ifNoneMatch', ifNoneMatch);
  return headers;
}

function pathSegment(segment: string): string {
  // URL parsers resolve dots: with `..` as an account, the call would go to another path.
  if (segment === '' || segment === '.' || segment === '..') {
    throw invalidRequest(
      `A part of the path: found text of ${segment.length} characters that cannot name ` +
        'an account, a project or a key; give its id or slug.',
    );
  }
  return escaped('A part of the path', segment);
}

function escaped(name: string, value: string): string {
  // `URLSearchParams` would put U+FFFD in place of half a pair, which is another name.
  if (/\p{Surrogate}/u.test(value)) {
    throw invalidRequest(
      `${name}: found half of a surrogate pair in text of ${value.length} characters; ` +
        'give well-formed text.',
    );
  }
  return encodeURIComponent(value);
}

function headerValue(name: string, value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw invalidRequest(
      `${name}: found text of ${value.length} characters that is no ETag; ` +
        'give the etag of an answer, or *.',
    );
  }
  return value;
}
