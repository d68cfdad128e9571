// What stands where content would: an error, nothing found, still loading.

import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../api-error.js';

/** An error, with what names it in the server's log, and a way to try again. */
export function ErrorNotice({
  error,
  retry,
}: {
  error: ApiError;
  retry?: (() => void) | undefined;
}): JSX.Element {
  return (
    <div class="notice error" role="alert">
      <p>{error.message}</p>
      {error.requestId !== undefined && (
        <p class="quiet small">
          Request id <code>{error.requestId}</code>: the server’s log says more under it.
        </p>
      )}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function EmptyNotice({
  title,
  children,
}: {
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="notice empty">
      <p class="strong">{title}</p>
      {children}
    </div>
  );
}

export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <p class="loading" role="status">
      Loading {what} …
    </p>
  );
}
