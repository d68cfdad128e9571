// The schemas of signing in: what is given, and what a session says of itself.

import { Type } from 'typebox';
import { permissions } from '../key.js';
import { KeyItem } from './reference-schemas.js';
import { NullableTime } from './schemas.js';

const credentialLimits = { minLength: 1, maxLength: 500 };

export const SignIn = Type.Object(
  {
    api_key: Type.Optional(Type.String({ ...credentialLimits, description: 'An admin key.' })),
    sign_in_token: Type.Optional(
      Type.String({ ...credentialLimits, description: 'What the one-time link carries.' }),
    ),
  },
  { additionalProperties: false, title: 'SignIn', description: 'One of the two.' },
);

const { key_id, name, account_id, projects, view } = KeyItem.properties;

export const SessionAnswer = Type.Object(
  {
    csrf_token: Type.String({
      description: 'Goes as `x-csrf-token` with every call of the session but GET and HEAD.',
    }),
    expires_at: Type.String({ format: 'date-time', description: 'When the session ends.' }),
    region: Type.String({ description: 'The region of this server.' }),
    key: Type.Object(
      {
        key_id,
        name,
        account_id,
        projects,
        permission: Type.Enum([...permissions], { type: 'string' }),
        view,
        expires_at: NullableTime,
      },
      { description: 'The key that the session stands for.' },
    ),
  },
  { title: 'Session', description: 'A session of the console.' },
);

export const SignedOut = Type.Object({}, { description: 'The session has ended.' });
