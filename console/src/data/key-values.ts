// What is entered for a new key, and how the API takes it.

import { ApiError } from '../api-error.js';
import type { Project } from '../api-types.js';
import { linesOf } from './lines.js';

export interface KeyValues {
  readonly name: string;
  readonly permission: string;
  readonly view: string;
  /** One JSON Pointer a line. */
  readonly allowLines: string;
  /** Ids; undefined: all of the account. */
  readonly projects: readonly string[] | undefined;
  readonly life: string;
}

const day = 86_400_000;

export const lives = [
  { name: 'most', words: 'When your own key ends, or never', milliseconds: undefined },
  { name: 'hour', words: 'In an hour', milliseconds: day / 24 },
  { name: 'day', words: 'In a day', milliseconds: day },
  { name: 'month', words: 'In 30 days', milliseconds: 30 * day },
  { name: 'quarter', words: 'In 90 days', milliseconds: 90 * day },
  { name: 'year', words: 'In a year', milliseconds: 365 * day },
] as const;

/** Little to begin with: reading, in one project, for a year where the maker lives as long. */
export function newKeyValues(
  project: Project | undefined,
  makersEnd: string | null,
  now: number,
): KeyValues {
  const livesAYear = makersEnd === null || Date.parse(makersEnd) > now + 365 * day;
  return {
    name: '',
    permission: 'read',
    view: 'full',
    allowLines: '',
    projects: project === undefined ? undefined : [project.project_id],
    life: livesAYear ? 'year' : 'most',
  };
}

/** Throws ApiError where something is missing. */
export function keyBodyOf(values: KeyValues, now: number): object {
  const { name, permission, projects, life } = values;
  if (projects?.length === 0) throw missing('Choose at least one project.');
  const milliseconds = lives.find((it) => it.name === life)?.milliseconds;
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    permission,
    ...(projects === undefined ? {} : { projects }),
    ...(permission === 'read' ? { view: viewOf(values) } : {}),
    ...(milliseconds === undefined
      ? {}
      : { expires_at: new Date(now + milliseconds).toISOString() }),
  };
}

function viewOf({ view, allowLines }: KeyValues): unknown {
  if (view !== 'allow') return view;
  const allow = linesOf(allowLines);
  if (allow.length === 0) throw missing('List at least one field that the key sees.');
  return { allow };
}

function missing(message: string): ApiError {
  return new ApiError({ code: 'invalid_request', message, status: 0 });
}
