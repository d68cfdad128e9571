// Who is signed in, until when, and the way out.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api-error.js';
import type { Session } from '../api-types.js';
import { signOut } from '../session.js';
import { ErrorNotice } from './notice.js';
import { Text } from './text.js';
import { Time } from './time.js';

export function SignOut({
  session,
  left,
}: {
  session: Session;
  left: (reason: string | undefined) => void;
}): JSX.Element {
  const [error, setError] = useState<ApiError>();
  const { key, region, expires_at } = session;
  const leave = async () => {
    try {
      await signOut();
      left('You are signed out.');
    } catch (failure) {
      const found = asApiError(failure);
      if (found?.status === 401) left('You are signed out.');
      else setError(found);
    }
  };
  return (
    <div class="who">
      <p>
        <span class="strong">
          <Text text={key.name ?? key.key_id} />
        </span>
        <br />
        <span class="quiet small">
          {region} · until <Time iso={expires_at} />
        </span>
      </p>
      <button type="button" onClick={() => void leave()}>
        Sign out
      </button>
      {error !== undefined && <ErrorNotice error={error} />}
    </div>
  );
}
