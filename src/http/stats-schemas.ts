// The schemas of statistics: what is asked for, and what is counted.

import { Type } from 'typebox';
import { limits } from '../limits.js';
import { Time } from './schemas.js';

const days = limits.statsSecondsMax / 86_400;

export const StatsQuery = Type.Object(
  {
    from: Type.Optional(Type.String({ description: 'From this time on, RFC 3339.' })),
    to: Type.Optional(
      Type.String({ description: `Before this time, RFC 3339; at most ${days} days later.` }),
    ),
    interval: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,7}$',
        description:
          'Seconds, a multiple of 60. Left out: whole minutes that give about 60 intervals; at ' +
          `most ${limits.statsIntervalsMax} of them.`,
      }),
    ),
  },
  { additionalProperties: false },
);

const Count = Type.Integer({ minimum: 0 });

const countProperties = {
  written: Count,
  picked_up: Type.Integer({ minimum: 0, description: "Within the project's pickup deadline." }),
  late: Type.Integer({ minimum: 0, description: 'Past the deadline.' }),
  missed: Type.Integer({ minimum: 0, description: 'Past the deadline, and nobody read it.' }),
  pending: Type.Integer({ minimum: 0, description: 'Not read yet, and the deadline is to come.' }),
  erased: Type.Integer({ minimum: 0, description: 'Before the deadline, and nobody had read it.' }),
  time_to_pickup_ms: Type.Unsafe<{ p50: number; p95: number } | null>({
    type: ['object', 'null'],
    properties: { p50: { type: 'integer' }, p95: { type: 'integer' } },
    required: ['p50', 'p95'],
    description: 'From the first write to the pickup, late ones included; null: none.',
  }),
  look_ups_without_result: Type.Object({
    never_written: Count,
    early: Count,
    expired: Count,
    erased: Count,
    other_project: Count,
  }),
};

export const StatsAnswer = Type.Object(
  {
    from: Time,
    to: Time,
    interval_seconds: Type.Integer(),
    total: Type.Object(countProperties),
    intervals: Type.Array(Type.Object({ from: Time, to: Time, ...countProperties })),
  },
  { title: 'Stats', description: 'What became of the handoffs that were written in this time.' },
);
