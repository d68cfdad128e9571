// The schemas of projects and API keys.

import { Type } from 'typebox';
import { namePattern } from '../handoff.js';
import { permissions } from '../key.js';
import { limits } from '../limits.js';
import { NullableTime, PageQuery, Time } from './schemas.js';

const slugLimits = { minLength: 1, maxLength: limits.slugCharactersMax };

const ProjectSlug = Type.String({
  ...slugLimits,
  description: 'Lower-case letters, digits and inner hyphens; stands in paths.',
});

const Retention = Type.Integer({
  minimum: limits.retentionSecondsMin,
  maximum: limits.retentionSecondsMax,
  description:
    `How long a state lives, in seconds; default ${limits.retentionSecondsDefault}. A change ` +
    'holds for later writes.',
});

const PickupDeadline = Type.Integer({
  minimum: limits.pickupDeadlineSecondsMin,
  maximum: limits.pickupDeadlineSecondsMax,
  description:
    'Seconds from the first write after which a state that no reader looked up is missed; ' +
    `default ${limits.pickupDeadlineSecondsDefault}.`,
});

export const ReferenceListQuery = Type.Object(PageQuery.properties, {
  additionalProperties: false,
});

export const ProjectPost = Type.Object(
  {
    project_slug: ProjectSlug,
    project_id: Type.Optional(
      Type.String({
        ...slugLimits,
        description: 'Letters, digits and inner dots, hyphens, underscores; made where left out.',
      }),
    ),
    retention_seconds: Type.Optional(Retention),
    pickup_deadline_seconds: Type.Optional(PickupDeadline),
  },
  { additionalProperties: false, title: 'NewProject', description: 'The project to make.' },
);

export const ProjectPatch = Type.Object(
  {
    project_slug: Type.Optional(ProjectSlug),
    retention_seconds: Type.Optional(Retention),
    pickup_deadline_seconds: Type.Optional(PickupDeadline),
  },
  {
    additionalProperties: false,
    title: 'ProjectChange',
    description: 'What is to change; the rest stays.',
  },
);

export const ProjectItem = Type.Object(
  {
    account_id: Type.String(),
    account_slug: Type.String(),
    project_id: Type.String(),
    project_slug: Type.String(),
    region: Type.String({ description: 'The region of this server; its data stays there.' }),
    retention_seconds: Type.Integer({ description: 'How long a state lives, in seconds.' }),
    pickup_deadline_seconds: Type.Integer({
      description: 'Seconds after which a state that no reader looked up is missed.',
    }),
    created_at: Time,
  },
  { title: 'Project', description: 'A project of the account.' },
);

const expiryRule = 'Never after the end of the key that asks; left out, that is the end.';

export const KeyPost = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.keyNameCodePointsMax,
        pattern: namePattern,
        description: 'For people, to tell keys apart.',
      }),
    ),
    projects: Type.Optional(
      Type.Array(Type.String(slugLimits), {
        minItems: 1,
        maxItems: limits.keyProjectsMax,
        description: 'Ids or slugs; left out: every project of the account.',
      }),
    ),
    permission: Type.Enum([...permissions], {
      description: '`write` includes `read`, `admin` includes both.',
    }),
    expires_at: Type.Optional(
      Type.String({ format: 'date-time', description: `When it ends, RFC 3339. ${expiryRule}` }),
    ),
  },
  { additionalProperties: false, title: 'NewApiKey', description: 'The key to make.' },
);

export const KeyRotate = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: limits.rotationOverlapSecondsMax,
        description:
          'How long the old key lives on, in seconds; ' +
          `default ${limits.rotationOverlapSecondsDefault}.`,
      }),
    ),
    expires_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'When the new key ends, RFC 3339; left out: after a life as long as the old one had. ' +
          'Never after the end of the key that asks.',
      }),
    ),
  },
  { additionalProperties: false, title: 'KeyRotation', description: 'How to rotate.' },
);

export const KeyItem = Type.Object(
  {
    key_id: Type.String({ description: 'The part of the key that is no secret.' }),
    name: Type.Optional(Type.String()),
    account_id: Type.String(),
    projects: Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'Project ids; null: every project of the account.',
    }),
    permission: Type.Enum([...permissions], { type: 'string' }),
    region: Type.String(),
    created_at: Time,
    expires_at: NullableTime,
    revoked_at: NullableTime,
    last_used_at: NullableTime,
    secret: Type.Optional(
      Type.String({ description: 'The key itself. Only in the answer that makes it: keep it.' }),
    ),
  },
  { title: 'ApiKey', description: 'An API key, as far as it may be shown.' },
);
