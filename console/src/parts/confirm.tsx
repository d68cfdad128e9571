// A question before something that cannot be undone.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api-error.js';
import { Dialog } from './dialog.js';
import { ErrorNotice } from './notice.js';

export function Confirm({
  title,
  action,
  act,
  close,
  isReady = true,
  children,
}: {
  title: string;
  /** What the button says. */
  action: string;
  act: () => Promise<void>;
  close: () => void;
  /** Whether what must be typed first has been typed. */
  isReady?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async () => {
    setBusy(true);
    try {
      await act();
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} close={close}>
      {children}
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="dialog-foot">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class="danger"
          disabled={!isReady}
          aria-disabled={isBusy}
          onClick={() => {
            if (!isBusy) void run();
          }}
        >
          {isBusy ? 'One moment …' : action}
        </button>
      </div>
    </Dialog>
  );
}
