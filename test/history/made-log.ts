// Logs of calls as a store that keeps its promises could have given them, made at random.

import type { Random } from '../support/random.js';
import type { Operation, OperationKind, Outcome } from './operation.js';

interface State {
  version: number;
  put: number;
  patch: number | undefined;
  isThere: boolean;
}

/**
 * Calls that overlap: each takes effect at one moment of its own, somewhere between its beginning
 * and its end. One write in ten is not acknowledged, whether it took effect or not.
 */
export function madeLog(random: Random, length: number): Operation[] {
  const states = new Map<string, State>();
  return Array.from({ length }, (_, index) => {
    const moment = (index + 1) * 10;
    const id = `id-${random.below(3)}`;
    const state = states.get(id) ?? { version: 0, put: 0, patch: undefined, isThere: false };
    states.set(id, state);

    const kinds: OperationKind[] = ['put', 'patch', 'erase', 'look-up', 'look-up', 'look-up'];
    const kind = kinds[random.below(kinds.length)]!;
    const isUnknown = kind !== 'look-up' && random.below(10) === 0;
    const outcome =
      isUnknown && random.below(2) === 0 ? undefined : applied(state, kind, index + 1);
    return {
      kind,
      id,
      server: 'one',
      ...(kind === 'put' || kind === 'patch' ? { number: index + 1 } : {}),
      began: moment - random.below(100),
      ended: moment + 1 + random.below(100),
      outcome: isUnknown || outcome === undefined ? { result: 'unknown' } : outcome,
    };
  });
}

function applied(state: State, kind: OperationKind, number: number): Outcome {
  if (kind === 'put') {
    const version = state.version + 1;
    Object.assign(state, { version, put: number, patch: undefined, isThere: true });
  } else if (!state.isThere) {
    return { result: 'nothing' };
  } else if (kind === 'patch') {
    Object.assign(state, { version: state.version + 1, patch: number });
  } else if (kind === 'erase') {
    state.isThere = false;
    return { result: 'erased' };
  }
  const { version, put, patch } = state;
  const content = { put, ...(patch === undefined ? {} : { patch }), isWhole: true };
  return { result: 'state', version, content };
}
