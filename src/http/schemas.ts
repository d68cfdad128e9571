// The schemas of the API: the one source of its types, its checks and its documentation.

import { type TSchema, Type } from 'typebox';
import { handoffStatuses, namePattern } from '../handoff.js';
import { limits } from '../limits.js';

const nameLimits = { minLength: 1, maxLength: limits.nameCodePointsMax, pattern: namePattern };

export const Name = Type.String({
  ...nameLimits,
  description: "The conversation id: the agent platform's name for the conversation.",
});

/** Text or null, as JSON Schema writes it in one. */
const NameOrNull = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  ...nameLimits,
  description:
    "The integrator's name for the conversation. Unique in a project: a newer write takes it over.",
});

const Aliases = Type.Unsafe<string[] | null>({
  type: ['array', 'null'],
  items: { type: 'string', ...nameLimits },
  maxItems: limits.aliasesListedMax,
  description:
    'Further names that a look-up by `shared_id` also finds; at most ' +
    `${limits.aliasesMax} different ones.`,
});

const Ttl = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  description:
    "Seconds to live from now on, at most the project's retention; null: the project's retention.",
});

const Data = Type.Unsafe<object>({
  type: 'object',
  description:
    'Anything the reader should know; kept exactly as written, white space aside. At most ' +
    `${limits.dataBytesMax / 1024} KiB, ${limits.dataLevelsMax} levels, ${limits.dataMembersMax} members.`,
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
      description:
        'Seconds to wait for a state that is not there yet, 0 to ' +
        `${limits.waitSecondsMax}. Beats \`Prefer\`.`,
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
  {
    additionalProperties: false,
    title: 'HandoffWrite',
    description: 'The whole state. What is left out goes; the expiry starts anew.',
  },
);

export const HandoffMerge = Type.Object(
  {
    id: Type.Optional(Type.String({ ...nameLimits, description: 'It cannot change.' })),
    shared_id: Type.Optional(NameOrNull),
    aliases: Type.Optional(Aliases),
    data: Type.Optional(Data),
    ttl_seconds: Type.Optional(Ttl),
  },
  {
    additionalProperties: false,
    title: 'HandoffPatch',
    description:
      'What changes; the rest stays. `data` merges, lists replace, null removes. The limits hold ' +
      'for the result.',
  },
);

export const HandoffAnswer = Type.Object(
  {
    id: Type.String({ description: 'The conversation id.' }),
    shared_id: Type.Optional(
      Type.String({ description: "The state's own shared id; left out where it has none." }),
    ),
    data: Type.Unsafe<object>({ type: 'object', description: 'As it was written.' }),
  },
  { title: 'HandoffState', description: 'The handoff state.' },
);

export const LinkPost = Type.Object(
  {
    ttl_seconds: Type.Optional(
      Type.Integer({
        minimum: limits.linkSecondsMin,
        maximum: limits.linkSecondsMax,
        description:
          `Seconds that the link opens, ${limits.linkSecondsMin} to ${limits.linkSecondsMax}; ` +
          `default ${limits.linkSecondsDefault}.`,
      }),
    ),
    one_time: Type.Optional(
      Type.Boolean({
        description: 'Whether it opens once, and again for 30 seconds for reloads; default false.',
      }),
    ),
  },
  { additionalProperties: false, title: 'NewLink', description: 'How the link is to be.' },
);

export const LinkAnswer = Type.Object(
  {
    url: Type.String({ description: 'The page. Who has it sees what the key sees.' }),
    expires_at: Type.String({ format: 'date-time', description: 'When it ends.' }),
  },
  { title: 'Link', description: 'A link of a screen pop.' },
);

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
export const NullableTime = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  format: 'date-time',
  description: 'RFC 3339, in UTC; null: never.',
});

export const PageQuery = Type.Object({
  limit: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,6}$',
      description: `How many items, 1 to ${limits.listItemsMax}; default ${limits.listItemsDefault}.`,
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: limits.cursorCharactersMax,
      description: 'The `next_cursor` of the page before.',
    }),
  ),
});

export const HandoffListQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...handoffStatuses], { description: 'Only this status.' })),
    ...NameQuery.properties,
    from: Type.Optional(
      Type.String({ description: 'Written at this time or later, RFC 3339 (`written_at`).' }),
    ),
    to: Type.Optional(
      Type.String({ description: 'Written before this time, RFC 3339 (`written_at`).' }),
    ),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
);

export const HandoffListItem = Type.Object(
  {
    id: Type.String({ description: 'The conversation id; of an ended state `hash:` and a hash.' }),
    shared_id: Type.Optional(Type.String()),
    aliases: Type.Array(Type.String()),
    version: Type.Integer({ description: 'The number in the `ETag`.' }),
    written_at: Type.String({ format: 'date-time', description: 'The first write of this state.' }),
    updated_at: Type.String({ format: 'date-time', description: 'The newest change.' }),
    expires_at: Type.String({ format: 'date-time', description: 'When it ends or has ended.' }),
    status: Type.Enum([...handoffStatuses], { type: 'string' }),
    picked_up_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'The first look-up by a reader.' }),
    ),
  },
  { title: 'ListedHandoff', description: 'What is known of a handoff state, never its `data`.' },
);

export function pageSchema<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      items: Type.Array(item),
      next_cursor: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Give it as `cursor` for the next page; null at the end.',
      }),
    },
    { description: 'One page, newest first.' },
  );
}
