// The schemas of erasures and their receipts.

import { Type } from 'typebox';
import { namePattern } from '../handoff.js';
import { limits } from '../limits.js';
import { PageQuery, Time } from './schemas.js';

const nameLimits = { minLength: 1, maxLength: limits.nameCodePointsMax, pattern: namePattern };

const Receipt = Type.String({
  description:
    'What was erased, when and by which key: a compact JWS (RFC 7515), signed by a key of ' +
    '`/.well-known/jwks.json` (EdDSA).',
});

export const ErasedState = Type.Object(
  {
    id: Type.String({ description: 'The conversation id, told here for the last time.' }),
    erased_at: Time,
    receipt: Receipt,
  },
  { title: 'ErasedHandoff', description: 'A state that was erased.' },
);

export const AliasQuery = Type.Object(
  {
    alias: Type.String({
      ...nameLimits,
      description: 'A shared id or alias that the states have or had.',
    }),
  },
  { additionalProperties: false },
);

export const ErasedStates = Type.Object(
  { erased: Type.Array(ErasedState) },
  { description: `What was erased, at most ${limits.erasedTogetherMax} states.` },
);

export const ErasedProjectItem = Type.Object(
  { project_id: Type.String(), erased_at: Time, receipt: Receipt },
  { title: 'ErasedProject', description: 'A project that was erased.' },
);

export const ReceiptListQuery = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        ...nameLimits,
        description: 'The old id of a state, or `hash:` and its hash.',
      }),
    ),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
);

export const ReceiptItem = Type.Object(
  {
    record: Type.String({ description: "`hash:` and the keyed hash of the state's id." }),
    erased_at: Time,
    receipt: Receipt,
  },
  { title: 'Receipt', description: 'A receipt of an erased state.' },
);

export const SigningKeys = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        kty: Type.String(),
        crv: Type.String(),
        x: Type.String({ description: 'The public key, as base64url.' }),
        kid: Type.String({ description: 'Which key it is: its thumbprint (RFC 7638).' }),
        use: Type.String(),
        alg: Type.String(),
      }),
    ),
  },
  { title: 'SigningKeys', description: 'Public keys (RFC 8037).' },
);
