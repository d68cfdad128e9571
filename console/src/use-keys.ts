// The keys that the signed-in key manages, by their ids: for their names, and what they may do.

import type { ApiKey } from './api-types.js';
import { useLoaded } from './use-loaded.js';
import { keysById } from './use-one-handoff.js';

const none: ReadonlyMap<string, ApiKey> = new Map();

export function useKeys(): ReadonlyMap<string, ApiKey> {
  return useLoaded(keysById, []).value ?? none;
}
