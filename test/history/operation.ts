// One call of a log that is checked afterwards: what was asked, when, and what came of it.

export type OperationKind = 'put' | 'patch' | 'erase' | 'look-up' | 'wait';

/** Writes are told apart by their numbers: no two of a log have the same. */
export interface Content {
  /** The number of the PUT that wrote this state. */
  readonly put: number;
  /** The number of the last PATCH since. */
  readonly patch?: number;
  /** Whether all of the data is of these two writes. */
  readonly isWhole: boolean;
}

export type Outcome =
  | { readonly result: 'state'; readonly version: number; readonly content: Content }
  /** There was no such state. */
  | { readonly result: 'nothing' }
  | { readonly result: 'erased' }
  /** Nothing was done, for certain: no connection was made. */
  | { readonly result: 'undone' }
  /** It may have been done, or may yet be. */
  | { readonly result: 'unknown' }
  /** No answer in its time, or one that Baton never gives, in words. It may have been done. */
  | { readonly result: 'wrong'; readonly found: string };

export interface Operation {
  readonly kind: OperationKind;
  /** The id that was written, or was looked up, or was found by a shared id. */
  readonly id: string;
  /** The shared id that a write names, or by which was looked up, where several ids claim it. */
  readonly claimed?: string;
  /** The number of a PUT or PATCH. */
  readonly number?: number;
  readonly server: string;
  /** Milliseconds of one clock, before the call and after its answer. */
  readonly began: number;
  readonly ended: number;
  readonly outcome: Outcome;
}

/** A call that found or left a state. */
export type Sighting = Operation & { readonly outcome: Extract<Outcome, { result: 'state' }> };

export function isSighting(operation: Operation): operation is Sighting {
  return operation.outcome.result === 'state';
}

export function isLookUp({ kind }: Operation): boolean {
  return kind === 'look-up' || kind === 'wait';
}

/** A PUT or PATCH that has, or may have had, an effect. */
export function isPossibleWrite(operation: Operation): boolean {
  const { kind } = operation;
  return (kind === 'put' || kind === 'patch') && (isSighting(operation) || isUnsettled(operation));
}

/** Whether nobody can say from the answer what was done. */
export function isUnsettled({ outcome }: Operation): boolean {
  return outcome.result === 'unknown' || outcome.result === 'wrong';
}

export function told(operation: Operation): string {
  const { kind, id, claimed, number, server, began, ended, outcome } = operation;
  const words = [kind, id, claimed && `(${claimed})`, number, `at ${server}`];
  words.push(`from ${began.toFixed(1)} to ${ended.toFixed(1)} ms:`, outcome.result);
  if (outcome.result === 'state') {
    const { version, content } = outcome;
    words.push(`version ${version}, of PUT ${content.put}`);
    if (content.patch !== undefined) words.push(`and PATCH ${content.patch}`);
  }
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}
