// The schemas of projects and API keys.

import { Type } from 'typebox';
import { namePattern } from '../handoff.js';
import { pointerPattern } from '../json-pointer.js';
import { permissions } from '../key.js';
import { limits } from '../limits.js';
import type { View } from '../view.js';
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

const Pointer = Type.String({
  minLength: 1,
  maxLength: limits.pointerCodePointsMax,
  pattern: pointerPattern,
});

const SensitiveFields = Type.Array(Pointer, {
  maxItems: limits.sensitiveFieldsMax,
  description:
    'JSON Pointers into `data`, `*` for any member or element; their values are withheld from ' +
    'keys whose `view` is `masked`. A change holds for later look-ups.',
});

const SensitiveLastFour = Type.Boolean({
  description:
    'Whether such keys see the last four characters of a sensitive text of more than 8; false ' +
    'unless set.',
});

/** Text or an object, as JSON Schema writes it in one: each keyword holds for its own type. */
const KeyView = Type.Unsafe<View>({
  type: ['string', 'object'],
  pattern: '^(?:full|masked)$',
  properties: {
    allow: Type.Array(Pointer, { minItems: 1, maxItems: limits.allowedPointersMax }),
  },
  required: ['allow'],
  additionalProperties: false,
  description:
    "`full`, `masked` (without the project's sensitive values), or `allow`, a list of JSON Pointers " +
    'into `data`, outside of which nothing is shown. Others than `full` go with `read` alone.',
});

export const ReferenceListQuery = Type.Object(PageQuery.properties, {
  additionalProperties: false,
});

const settings = {
  retention_seconds: Type.Optional(Retention),
  pickup_deadline_seconds: Type.Optional(PickupDeadline),
  sensitive_fields: Type.Optional(SensitiveFields),
  sensitive_last_four: Type.Optional(SensitiveLastFour),
};

export const ProjectPost = Type.Object(
  {
    project_slug: ProjectSlug,
    project_id: Type.Optional(
      Type.String({
        ...slugLimits,
        description: 'Letters, digits and inner dots, hyphens, underscores; made where left out.',
      }),
    ),
    ...settings,
  },
  { additionalProperties: false, title: 'NewProject', description: 'The project to make.' },
);

export const ProjectPatch = Type.Object(
  {
    project_slug: Type.Optional(ProjectSlug),
    ...settings,
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
    sensitive_fields: Type.Array(Type.String(), {
      description: 'JSON Pointers into `data` whose values keys with a masked `view` do not see.',
    }),
    sensitive_last_four: Type.Boolean({
      description: 'Whether they see the last four characters of a long text.',
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
    view: Type.Optional(KeyView),
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
    view: KeyView,
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
