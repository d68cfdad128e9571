// Where an admin key opens the console; it stays in this form until it is sent, and nowhere else.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api-error.js';
import type { Session } from '../api-types.js';
import { Brand } from '../parts/brand.js';
import { ErrorNotice } from '../parts/notice.js';
import { signIn } from '../session.js';

export function SignIn({
  reason,
  entered,
}: {
  /** Why the user is here, where it is not the first time. */
  reason: string | undefined;
  entered: (session: Session) => void;
}): JSX.Element {
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Baton';
    field.current?.focus();
  }, []);

  const submit = async () => {
    setBusy(true);
    try {
      entered(await signIn({ api_key: field.current!.value.trim() }));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
      field.current?.select();
    }
  };

  return (
    <main class="alone sign-in">
      <Brand />
      <h1>Sign in</h1>
      {reason !== undefined && error === undefined && (
        <p class="notice" role="status">
          {reason}
        </p>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <label>
          Admin key
          <input
            ref={field}
            type="password"
            name="api-key"
            required
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            placeholder="baton_…"
            aria-describedby="key-hint"
          />
        </label>
        <p id="key-hint" class="quiet small">
          It is exchanged for a session of eight hours at most, and kept nowhere in this browser.
        </p>
        <button type="submit" class="primary wide" aria-disabled={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      <NoKey />
    </main>
  );
}

function NoKey(): JSX.Element {
  return (
    <details class="quiet small">
      <summary>I have no admin key</summary>
      <p>The first start of the server printed one. Whoever runs the server can make another:</p>
      <pre>
        <code>npx baton key create --account demo --permission admin</code>
      </pre>
    </details>
  );
}
