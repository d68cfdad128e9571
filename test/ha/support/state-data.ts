// Data that shows by itself which writes it is of, and whether it is whole.

import type { Content } from '../../history/operation.js';

export interface StateData {
  readonly put?: number;
  readonly putText?: string;
  readonly patch?: number;
  readonly patchText?: string;
}

/** The data of a PUT, or what a PATCH merges into it. */
export function stateData(write: { put: number } | { patch: number }): StateData {
  return 'put' in write
    ? { put: write.put, putText: textOf(write.put) }
    : { patch: write.patch, patchText: textOf(write.patch) };
}

/** The writes of which such data is; undefined where it was never written by `stateData`. */
export function storedContent(data: unknown): Content | undefined {
  const { put, putText, patch, patchText } = data as StateData;
  if (typeof put !== 'number') return undefined;
  if (patch === undefined) {
    return { put, isWhole: putText === textOf(put) && patchText === undefined };
  }
  return { put, patch, isWhole: putText === textOf(put) && patchText === textOf(patch) };
}

function textOf(number: number): string {
  return String(number % 10).repeat((number * 97) % 400);
}
