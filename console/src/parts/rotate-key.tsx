// Makes the successor of a key, while the old one works for a time of overlap.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import type { ApiKey, ApiKeyWithSecret } from '../api-types.js';
import { markedText } from '../data/visible-text.js';
import { Dialog } from './dialog.js';
import { SelectField } from './field.js';
import { Form } from './form.js';

const overlaps = [
  ['0', 'None: the old key ends now'],
  ['3600', 'An hour'],
  ['86400', 'A day'],
  ['604800', 'A week'],
  ['2592000', '30 days'],
] as const;

export function RotateKey({
  apiKey,
  made,
  close,
}: {
  apiKey: ApiKey;
  made: (key: ApiKeyWithSecret) => void;
  close: () => void;
}): JSX.Element {
  const [overlap, setOverlap] = useState('86400');
  const rotate = async () => {
    made(
      await ask<ApiKeyWithSecret>(`/v1/keys/${encodeURIComponent(apiKey.key_id)}/rotate`, {
        method: 'POST',
        body: { overlap_seconds: Number(overlap) },
      }),
    );
  };
  return (
    <Dialog title={`Rotate ${markedText(apiKey.name ?? apiKey.key_id)}`} close={close}>
      <Form action="Make the new key" send={rotate} cancel={close}>
        <p>A new key with the same reach is made. Until the overlap is over, both work.</p>
        <SelectField
          label="Overlap"
          hint="Long enough to put the new key wherever the old one is used."
          value={overlap}
          options={overlaps}
          changed={setOverlap}
        />
      </Form>
    </Dialog>
  );
}
