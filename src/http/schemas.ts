// The schemas of the API: the one source of its types, its checks and its documentation.

import { type TSchema, Type } from 'typebox';
import { type ErrorCode, statusOfCode } from '../error.js';
import { handoffStatuses, namePattern } from '../handoff.js';
import { permissions } from '../key.js';
import { limits } from '../limits.js';

const nameLimits = { minLength: 1, maxLength: limits.nameCodePointsMax, pattern: namePattern };

export const Name = Type.String(nameLimits);

/** Text or null, as JSON Schema writes it in one. */
const NameOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'], ...nameLimits });

const Aliases = Type.Unsafe<string[] | null>({
  type: ['array', 'null'],
  items: Name,
  maxItems: 100,
  description: `Further names that shared_id= finds; at most ${limits.aliasesMax} different ones.`,
});

const Ttl = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  description: "Seconds to live, at most the project's retention, which is the default.",
});

const Data = Type.Unsafe<object>({
  type: 'object',
  description:
    'Anything the reader should know; kept exactly as written, white space aside. At most ' +
    `${limits.dataBytesMax} bytes, ${limits.dataLevelsMax} levels, ${limits.dataMembersMax} members.`,
});

export const ProjectPath = Type.Object({
  account_id: Type.String({ description: "The account's id or slug." }),
  project_id: Type.String({ description: "The project's id or slug." }),
});

export const NameQuery = Type.Object({
  id: Type.Optional(Type.String({ ...nameLimits, description: 'The conversation id.' })),
  shared_id: Type.Optional(
    Type.String({
      ...nameLimits,
      description: 'The shared id or an alias. Wins where both are given.',
    }),
  ),
});

export const LookUpQuery = Type.Object({
  ...NameQuery.properties,
  wait: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,2}$',
      description: `Seconds to wait for a state that is not written yet: 0 to ${limits.waitSecondsMax}.`,
    }),
  ),
});

export const HandoffPut = Type.Object(
  {
    id: Name,
    shared_id: Type.Optional(NameOrNull),
    aliases: Type.Optional(Aliases),
    data: Data,
    ttl_seconds: Type.Optional(Ttl),
  },
  { additionalProperties: false },
);

export const HandoffMerge = Type.Object(
  {
    id: Type.Optional(Name),
    shared_id: Type.Optional(NameOrNull),
    aliases: Type.Optional(Aliases),
    data: Type.Optional(Data),
    ttl_seconds: Type.Optional(Ttl),
  },
  { additionalProperties: false },
);

export const HandoffAnswer = Type.Object({
  id: Type.String(),
  shared_id: Type.Optional(Type.String()),
  data: Type.Unsafe<object>({ type: 'object' }),
});

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
const NullableTime = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });

const PageQuery = Type.Object({
  limit: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,6}$', description: `1 to ${limits.listItemsMax}.` }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 2_000, description: 'next_cursor of a page.' })),
});

export const ReferenceListQuery = Type.Object(PageQuery.properties, {
  additionalProperties: false,
});

export const HandoffListQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...handoffStatuses])),
    ...NameQuery.properties,
    from: Type.Optional(Type.String({ description: 'written_at from this time on (RFC 3339).' })),
    to: Type.Optional(Type.String({ description: 'written_at before this time (RFC 3339).' })),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
);

export const HandoffListItem = Type.Object({
  id: Type.String(),
  shared_id: Type.Optional(Type.String()),
  aliases: Type.Array(Type.String()),
  version: Type.Integer(),
  written_at: Time,
  updated_at: Time,
  expires_at: Time,
  status: Type.Enum([...handoffStatuses]),
  picked_up_at: Type.Optional(Time),
});

const Slug = Type.String({ minLength: 1, maxLength: limits.slugCharactersMax });
const Retention = Type.Integer({
  minimum: limits.retentionSecondsMin,
  maximum: limits.retentionSecondsMax,
});
const PickupDeadline = Type.Integer({
  minimum: limits.pickupDeadlineSecondsMin,
  maximum: limits.pickupDeadlineSecondsMax,
});

export const ProjectPost = Type.Object(
  {
    project_slug: Slug,
    project_id: Type.Optional(Slug),
    retention_seconds: Type.Optional(Retention),
    pickup_deadline_seconds: Type.Optional(PickupDeadline),
  },
  { additionalProperties: false },
);

export const ProjectPatch = Type.Object(
  {
    project_slug: Type.Optional(Slug),
    retention_seconds: Type.Optional(Retention),
    pickup_deadline_seconds: Type.Optional(PickupDeadline),
  },
  { additionalProperties: false },
);

export const ProjectItem = Type.Object({
  account_id: Type.String(),
  account_slug: Type.String(),
  project_id: Type.String(),
  project_slug: Type.String(),
  region: Type.String(),
  retention_seconds: Type.Integer(),
  pickup_deadline_seconds: Type.Integer(),
  created_at: Time,
});

export const KeyPost = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: limits.keyNameCodePointsMax, pattern: namePattern }),
    ),
    projects: Type.Optional(
      Type.Array(Slug, {
        minItems: 1,
        maxItems: limits.keyProjectsMax,
        description: 'Ids or slugs; left out: every project of the account.',
      }),
    ),
    permission: Type.Enum([...permissions]),
    expires_at: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const KeyRotate = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: limits.rotationOverlapSecondsMax,
        description: `How long the old key lives on; default ${limits.rotationOverlapSecondsDefault}.`,
      }),
    ),
    expires_at: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const KeyItem = Type.Object({
  key_id: Type.String(),
  name: Type.Optional(Type.String()),
  account_id: Type.String(),
  projects: Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
  permission: Type.Enum([...permissions]),
  region: Type.String(),
  created_at: Time,
  expires_at: NullableTime,
  revoked_at: NullableTime,
  last_used_at: NullableTime,
  secret: Type.Optional(Type.String({ description: 'Only where the key is made.' })),
});

export function pageSchema<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  });
}

export const ErrorAnswer = Type.Object({
  error_message: Type.String({ description: 'What was wrong, what was found, what to do.' }),
  error_code: Type.Enum(Object.keys(statusOfCode) as ErrorCode[]),
  error_id: Type.String({ description: 'The X-Request-Id of the answer.' }),
});

/** The documented answers of a call that fails with these codes, by status. */
export function errorAnswers(...codes: ErrorCode[]): Record<number, TSchema> {
  const always: ErrorCode[] = ['unauthorized', 'forbidden', 'internal', 'unavailable'];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, ...always]) {
    const status = statusOfCode[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const answers = [...byStatus].map(([status, meant]) => {
    return [status, { ...ErrorAnswer, description: meant.join(', ') }] as const;
  });
  return Object.fromEntries(answers);
}
