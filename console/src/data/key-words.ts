// What a key may do, in words, and whether it still may.

import type { ApiKey, Project } from '../api-types.js';

export type KeyState = 'active' | 'ending' | 'expired' | 'revoked';

export const keyStateWords: Readonly<Record<KeyState, string>> = {
  active: 'Active',
  ending: 'Ends soon',
  expired: 'Expired',
  revoked: 'Revoked',
};

/** A key that ends within this time is worth a look. */
const soonMs = 14 * 86_400_000;

export function keyState({ revoked_at, expires_at }: ApiKey, now: number): KeyState {
  if (revoked_at !== null && Date.parse(revoked_at) <= now) return 'revoked';
  if (expires_at === null) return 'active';
  const left = Date.parse(expires_at) - now;
  if (left <= 0) return 'expired';
  return left < soonMs ? 'ending' : 'active';
}

export function hasEnded(key: ApiKey, now: number): boolean {
  return ['expired', 'revoked'].includes(keyState(key, now));
}

/** One sentence, such as "Looks up handoffs of support, without sensitive values." */
export function keyWords(key: ApiKey, projects: readonly Project[]): string {
  const where =
    key.projects === null
      ? 'all projects'
      : key.projects.map((id) => slugOf(id, projects)).join(', ');
  switch (key.permission) {
    case 'read':
      return `Looks up handoffs of ${where}${viewWords(key)}.`;
    case 'write':
      return `Writes, changes, erases and looks up handoffs of ${where}.`;
    case 'admin':
      return key.projects === null
        ? 'Does everything in the account: handoffs, projects, keys, the console.'
        : `Does everything in ${where}: handoffs, settings, keys, the console.`;
  }
}

function viewWords({ view }: ApiKey): string {
  if (view === 'full') return '';
  if (view === 'masked') return ', without sensitive values';
  const { allow } = view;
  const fields = allow.slice(0, 3).join(', ');
  return `, and sees only ${fields}${allow.length > 3 ? ` and ${allow.length - 3} more` : ''}`;
}

function slugOf(id: string, projects: readonly Project[]): string {
  return projects.find(({ project_id }) => project_id === id)?.project_slug ?? id;
}
