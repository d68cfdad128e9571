// Request bodies as JSON text, in which text that a caller gave stays exactly as it is.

import { invalidRequest } from './errors.js';
import type { HandoffChanges, HandoffWrite } from './types.js';

/** The body of a PUT. */
export function writeBody(write: HandoffWrite): string {
  if ('bodyText' in write) return write.bodyText;
  const { id, sharedId, aliases, ttlSeconds } = write;
  return withData({ id, shared_id: sharedId, aliases, ttl_seconds: ttlSeconds }, write);
}

/** The body of a PATCH. */
export function changesBody(changes: HandoffChanges): string {
  if ('bodyText' in changes) return changes.bodyText;
  const { sharedId, aliases, ttlSeconds } = changes;
  return withData({ shared_id: sharedId, aliases, ttl_seconds: ttlSeconds }, changes);
}

/** JSON of the members; those that are undefined are left out. */
export function membersBody(members: object): string {
  try {
    return JSON.stringify(members);
  } catch {
    // The platform's own message would name members of the data.
    throw invalidRequest(
      'data: found a value that JSON cannot hold, such as a bigint or a circle; ' +
        'give plain values, or exact digits in dataText.',
    );
  }
}

function withData(
  members: object,
  { data, dataText }: { data?: object | undefined; dataText?: string | undefined },
): string {
  if (dataText === undefined) return membersBody({ ...members, data });
  if (data !== undefined) {
    throw invalidRequest('data and dataText: found both; give one of them.');
  }
  checkJson(dataText);
  const before = membersBody(members).slice(0, -1);
  return `${before}${before === '{' ? '' : ','}"data":${dataText}}`;
}

/** Text that is not one whole JSON value could add members of its own to the body around it. */
function checkJson(dataText: string): void {
  try {
    JSON.parse(dataText);
  } catch {
    throw invalidRequest(
      `dataText: found text of ${dataText.length} characters that is not JSON; ` +
        'give the JSON text of one object.',
    );
  }
}
