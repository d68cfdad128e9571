// Ends a key for good, after a second question.

import type { JSX } from 'preact';
import { ask } from '../api.js';
import type { ApiKey } from '../api-types.js';
import { Confirm } from './confirm.js';
import { Text } from './text.js';
import { Time } from './time.js';

export function RevokeKey({
  apiKey,
  isOwn,
  revoked,
  close,
}: {
  apiKey: ApiKey;
  /** Whether it is the key that is signed in. */
  isOwn: boolean;
  revoked: () => void;
  close: () => void;
}): JSX.Element {
  const revoke = async () => {
    await ask(`/v1/keys/${encodeURIComponent(apiKey.key_id)}`, { method: 'DELETE' });
    revoked();
  };
  return (
    <Confirm title="Revoke this key?" action="Revoke it for good" act={revoke} close={close}>
      <p class="strong">
        <Text text={apiKey.name ?? apiKey.key_id} />
      </p>
      <p>
        Whatever still uses it is refused at once.{' '}
        {apiKey.last_used_at === null ? (
          'It was never used.'
        ) : (
          <>
            It was last used at <Time iso={apiKey.last_used_at} />.
          </>
        )}
      </p>
      {isOwn && (
        <p class="strong">You are signed in with this very key: your session ends with it.</p>
      )}
    </Confirm>
  );
}
