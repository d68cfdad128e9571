// The calls that manage API keys; they need an admin key.

import { path, timeText } from './address.js';
import { type AnswerMembers, answerMembers, answerPage } from './answer.js';
import { membersBody } from './body.js';
import type { Send } from './connection.js';
import type { CallOptions, Page, PageRequest } from './types.js';

export const permissions = ['read', 'write', 'admin'] as const;
/** `write` includes `read`, `admin` includes both. */
export type Permission = (typeof permissions)[number];

/**
 * What a key sees of handoff states: all, all but the project's sensitive fields, or only what lies
 * at these JSON Pointers into `data`. A view that is not full goes with `read` alone.
 */
export type View = 'full' | 'masked' | { readonly allow: readonly string[] };

export interface ApiKey {
  readonly keyId: string;
  readonly name?: string;
  readonly accountId: string;
  /** Project ids; null: every project of the account. */
  readonly projects: readonly string[] | null;
  readonly permission: Permission;
  readonly view: View;
  readonly region: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface ApiKeyWithSecret extends ApiKey {
  /** The key itself, shown in this answer and never again. */
  readonly secret: string;
}

export interface NewKey {
  readonly name?: string | undefined;
  /** Project ids or slugs; left out: every project that the calling key reaches. */
  readonly projects?: readonly string[] | undefined;
  readonly permission: Permission;
  /** Left out: `full`. */
  readonly view?: View | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface Rotation {
  /** Seconds for which the old key still works; a day where it is left out. */
  readonly overlapSeconds?: number | undefined;
  /** When the new key ends. */
  readonly expiresAt?: Date | undefined;
}

/** Each call throws BatonClientError. What it changes is never repeated after an unknown outcome. */
export class KeyCalls {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Newest first, those that the calling key may manage. */
  async list(page: PageRequest = {}, options: CallOptions = {}): Promise<Page<ApiKey>> {
    const reply = await this.#send({
      method: 'GET',
      path: path('v1', 'keys'),
      parameters: { limit: page.limit, cursor: page.cursor },
      repeatable: true,
      signal: options.signal,
    });
    return answerPage(reply, apiKey);
  }

  async create(key: NewKey, options: CallOptions = {}): Promise<ApiKeyWithSecret> {
    const { name, projects, permission, view } = key;
    const expiresAt = timeText('expiresAt', key.expiresAt);
    const reply = await this.#send({
      method: 'POST',
      path: path('v1', 'keys'),
      body: membersBody({ name, projects, permission, view, expires_at: expiresAt }),
      repeatable: false,
      signal: options.signal,
    });
    return apiKeyWithSecret(answerMembers(reply));
  }

  /** Makes the key's successor; the old key ends after the overlap. */
  async rotate(
    keyId: string,
    rotation: Rotation = {},
    options: CallOptions = {},
  ): Promise<ApiKeyWithSecret> {
    const expiresAt = timeText('expiresAt', rotation.expiresAt);
    const reply = await this.#send({
      method: 'POST',
      path: path('v1', 'keys', keyId, 'rotate'),
      body: membersBody({ overlap_seconds: rotation.overlapSeconds, expires_at: expiresAt }),
      repeatable: false,
      signal: options.signal,
    });
    return apiKeyWithSecret(answerMembers(reply));
  }

  /** Ends the key for good. */
  async revoke(keyId: string, options: CallOptions = {}): Promise<ApiKey> {
    const reply = await this.#send({
      method: 'DELETE',
      path: path('v1', 'keys', keyId),
      repeatable: false,
      signal: options.signal,
    });
    return apiKey(answerMembers(reply));
  }
}

function apiKey(members: AnswerMembers): ApiKey {
  const name = members.optionalText('name');
  return {
    keyId: members.text('key_id'),
    ...(name === undefined ? {} : { name }),
    accountId: members.text('account_id'),
    projects: members.optionalTexts('projects') ?? null,
    permission: members.choice('permission', permissions),
    view: viewOf(members),
    region: members.text('region'),
    createdAt: members.time('created_at'),
    expiresAt: members.optionalTime('expires_at') ?? null,
    revokedAt: members.optionalTime('revoked_at') ?? null,
    lastUsedAt: members.optionalTime('last_used_at') ?? null,
  };
}

const viewWords = ['full', 'masked'] as const;

function viewOf(members: AnswerMembers): View {
  const allow = members.optionalMembers('view')?.texts('allow');
  return allow === undefined ? members.choice('view', viewWords) : { allow };
}

function apiKeyWithSecret(members: AnswerMembers): ApiKeyWithSecret {
  return { ...apiKey(members), secret: members.text('secret') };
}
