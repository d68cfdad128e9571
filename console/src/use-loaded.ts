// What a page has asked the server for: the newest answer, the error, and how to ask again.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from './api-error.js';

interface State<Value> {
  /** Of the last answer; stays while a newer one is on its way. */
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
}

export interface Loaded<Value> extends State<Value> {
  /** Asks again; a call that is under way is waited for, so that a busy time starves none. */
  readonly refresh: () => void;
}

type Input = string | number | boolean | undefined;

/** Asks once for each change of `inputs`, and then gives up what was asked for before. */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly Input[],
): Loaded<Value> {
  const [state, setState] = useState<State<Value>>(nothingYet);
  const newestLoad = useRef(load);
  newestLoad.current = load;
  const again = useRef(() => {});

  useEffect(() => {
    const call = new AbortController();
    let isAsking = false;
    let isOutdated = false;
    const run = async () => {
      isOutdated = isAsking;
      if (isAsking) return;
      isAsking = true;
      setState((before) => (before.isLoading ? before : { ...before, isLoading: true }));
      const answered = await outcomeOf(newestLoad.current(call.signal));
      isAsking = false;
      if (call.signal.aborted) return;
      setState(({ value }) => ({ value, ...answered, isLoading: false }));
      if (isOutdated) void run();
    };
    again.current = () => void run();
    void run();
    return () => call.abort();
  }, inputs);

  const refresh = useCallback(() => again.current(), []);
  return { ...state, refresh };
}

const nothingYet = { value: undefined, error: undefined, isLoading: true };

async function outcomeOf<Value>(
  asked: Promise<Value>,
): Promise<{ value: Value; error: undefined } | { error: ApiError | undefined }> {
  try {
    return { value: await asked, error: undefined };
  } catch (failure) {
    return { error: asApiError(failure) };
  }
}
