// A form that sends itself once, and tells what went wrong above its button.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api-error.js';
import { ErrorNotice } from './notice.js';

export function Form({
  action,
  send,
  cancel,
  children,
}: {
  /** What its button says. */
  action: string;
  send: () => Promise<void>;
  cancel?: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (failure) {
      setError(asApiError(failure));
    }
    setBusy(false);
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void run();
      }}
    >
      {children}
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="dialog-foot">
        {cancel !== undefined && (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        )}
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {isBusy ? 'One moment …' : action}
        </button>
      </div>
    </form>
  );
}
