// The schemas of the audit: what is asked for, and what a line of it says.

import { Type } from 'typebox';
import { auditActions } from '../audit.js';
import { limits } from '../limits.js';
import { NameQuery, PageQuery, Time } from './schemas.js';

export const AuditQuery = Type.Object(
  {
    scope: Type.Optional(
      Type.Enum(['project', 'account'], {
        description: 'Default: `project`, the one in the path.',
      }),
    ),
    action: Type.Optional(
      Type.String({
        pattern: `^(?:${auditActions.join('|')})(?:,(?:${auditActions.join('|')}))*$`,
        maxLength: limits.auditActionCharactersMax,
        description: 'Only this action; of several, with commas between them, any.',
      }),
    ),
    record: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.slugCharactersMax,
        description: 'Only what concerned this `record`, as entries name it.',
      }),
    ),
    key_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.slugCharactersMax,
        description: 'Only what was done with this key.',
      }),
    ),
    ...NameQuery.properties,
    from: Type.Optional(Type.String({ description: 'At this time or later, RFC 3339 (`at`).' })),
    to: Type.Optional(Type.String({ description: 'Before this time, RFC 3339 (`at`).' })),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
);

const TextOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description });

export const AuditItem = Type.Object(
  {
    at: Time,
    action: Type.Enum([...auditActions], { type: 'string' }),
    key_id: TextOrNull('The key that was shown, let in or refused; null: none that is known.'),
    address: Type.String({ description: 'Where the call came from; `cli`: the command line.' }),
    record: TextOrNull(
      '`hash:` and the keyed hash of the name asked for; the id of a project or key.',
    ),
    status: Type.Integer({ description: 'What was answered; 499: the client was gone before.' }),
    cause: TextOrNull('The error code of the answer; null where it was none.'),
    request_id: TextOrNull('The `X-Request-Id` of the answer.'),
    calls: Type.Optional(
      Type.Integer({
        description:
          'How many calls that were not let in this entry (`refused`) stands for; left out: one ' +
          'call.',
      }),
    ),
    duration_ms: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      minimum: 0,
      description: 'Milliseconds until the answer; null where none were noted.',
    }),
  },
  { title: 'AuditEntry', description: 'A line of the audit.' },
);
