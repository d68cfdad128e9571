// What a page has asked the server for: the newest answer, the error, and how to ask again.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from './api-error.js';

export interface Loaded<Value> {
  /** Of the last answer; stays while a newer one is on its way. */
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface State<Value> {
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
}

/** Asks once for each change of `inputs`; what was asked for before is given up. */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly (string | number | boolean | undefined)[],
): Loaded<Value> {
  const [state, setState] = useState<State<Value>>({
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const newestLoad = useRef(load);
  newestLoad.current = load;

  useEffect(() => {
    const call = new AbortController();
    setState(({ value, error }) => ({ value, error, isLoading: true }));
    const run = async () => {
      try {
        const value = await newestLoad.current(call.signal);
        if (!call.signal.aborted) setState({ value, error: undefined, isLoading: false });
      } catch (reason) {
        const error = asApiError(reason);
        if (call.signal.aborted || error === undefined) return;
        setState(({ value }) => ({ value, error, isLoading: false }));
      }
    };
    void run();
    return () => call.abort();
  }, [round, ...inputs]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}
