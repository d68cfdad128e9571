// The calls of the page that tries things: written with the session, read with a key made for it.

import { addressOf, ask, exchange, refusalOf } from './api.js';
import { asApiError } from './api-error.js';
import type { ApiKeyWithSecret, Project } from './api-types.js';
import { basePath } from './paths.js';

/** A call as it was made, and how it was answered. */
export interface Trial {
  readonly number: number;
  readonly title: string;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body: string | undefined;
  /** 0 where no answer came. */
  readonly status: number;
  readonly milliseconds: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

export type ReaderView = 'full' | 'masked';

/** Headers that tell a reader something. */
const shownHeaders = [
  'etag',
  'last-modified',
  'sunset',
  'baton-withheld',
  'preference-applied',
  'retry-after',
  'x-request-id',
];

const keyMinutes = 30;

export class TryIt {
  readonly #path: string;
  readonly #project: Project;
  /** Read keys made on this page, by what they see; they stay in memory alone. */
  readonly #keys = new Map<ReaderView, Promise<ApiKeyWithSecret>>();
  #made = 0;

  constructor(project: Project) {
    this.#project = project;
    this.#path = `${basePath(project)}/handoff_state`;
  }

  write(body: string): Promise<Trial> {
    return this.#call({ title: 'The agent writes', method: 'PUT', query: {}, body });
  }

  /** As the contact centre does, by the shared id; `wait` in seconds. */
  async read(sharedId: string, view: ReaderView, wait: number | undefined): Promise<Trial> {
    const { secret } = await this.#readKey(view);
    const query = { shared_id: sharedId, wait };
    return this.#call({ title: 'The contact centre reads', method: 'GET', query, key: secret });
  }

  erase(id: string): Promise<Trial> {
    return this.#call({ title: 'The sample is erased', method: 'DELETE', query: { id } });
  }

  /** The keys end at once rather than in half an hour. */
  async end(): Promise<void> {
    const keys = [...this.#keys.values()];
    this.#keys.clear();
    await Promise.allSettled(
      keys.map(async (key) =>
        ask(`/v1/keys/${encodeURIComponent((await key).key_id)}`, {
          method: 'DELETE',
          isLast: true,
        }),
      ),
    );
  }

  #readKey(view: ReaderView): Promise<ApiKeyWithSecret> {
    const known = this.#keys.get(view);
    if (known !== undefined) return known;
    const made = ask<ApiKeyWithSecret>('/v1/keys', {
      method: 'POST',
      body: {
        name: 'Try it, at the console',
        permission: 'read',
        view,
        projects: [this.#project.project_id],
        expires_at: new Date(Date.now() + keyMinutes * 60_000).toISOString(),
      },
    });
    this.#keys.set(view, made);
    made.catch(() => this.#keys.delete(view));
    return made;
  }

  async #call({
    title,
    method,
    query,
    body,
    key,
  }: {
    title: string;
    method: Trial['method'];
    query: Readonly<Record<string, string | number | undefined>>;
    body?: string;
    key?: string;
  }): Promise<Trial> {
    this.#made += 1;
    const made = {
      number: this.#made,
      title,
      method,
      url: location.origin + addressOf(this.#path, query),
      body,
    };
    const startedAt = performance.now();
    try {
      const answered = await exchange(this.#path, { method, query, body, key });
      const { status, text, milliseconds } = answered;
      if (status === 401) throw refusalOf(answered);
      const headers = shownHeaders.flatMap((name) => {
        const value = answered.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      return { ...made, status, text, milliseconds, headers };
    } catch (failure) {
      const text = asApiError(failure)?.message ?? '';
      return { ...made, status: 0, text, milliseconds: performance.now() - startedAt, headers: [] };
    }
  }
}
