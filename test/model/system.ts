// What the same steps are done to: a model, a store, a server. All answer in one form.

import type { HandoffName, HandoffPatch, HandoffWrite, Preconditions } from '../../src/handoff.js';
import type { HandoffFilter } from '../../src/store/store.js';

/** What a look-up, a put or a patch gives; `created` only of a put. */
export interface Seen {
  readonly created?: boolean;
  readonly body: string;
  readonly etag: string;
  readonly lastModified: string;
  readonly sunset: string;
}

/** A line of a list. Whether an ended state still has its names depends on when it was purged. */
export interface Listed {
  readonly names: readonly (string | null)[] | 'ended';
  readonly version: number;
  readonly times: readonly number[];
  /** `live`: whether it was picked up is known a moment later, and has a contract of its own. */
  readonly status: 'live' | 'expired' | 'erased';
}

export interface Refused {
  readonly error: string;
}

export interface System {
  put(write: HandoffWrite, conditions: Preconditions): Promise<Seen | Refused>;
  patch(name: HandoffName, patch: HandoffPatch, conditions: Preconditions): Promise<Seen | Refused>;
  erase(
    name: HandoffName,
    conditions: Preconditions,
  ): Promise<{ id: string; erasedAt: number } | Refused>;
  lookUp(name: HandoffName): Promise<Seen | Refused>;
  /** All the lines, newest first. */
  list(filter: HandoffFilter): Promise<readonly Listed[]>;
  purge(): Promise<void>;
}

/** Lines that a page of a list has at most. */
export const pageItems = 3;

export function listedOf(line: {
  id: string;
  sharedId: string | null;
  aliases: readonly string[];
  version: number;
  writtenAt: number;
  updatedAt: number;
  expiresAt: number;
  status: string;
}): Listed {
  const { status } = line;
  const hasEnded = status === 'expired' || status === 'erased';
  return {
    names: hasEnded ? 'ended' : [line.id, line.sharedId, ...line.aliases],
    version: line.version,
    times: [line.writtenAt, line.updatedAt, line.expiresAt],
    status: hasEnded ? status : 'live',
  };
}
