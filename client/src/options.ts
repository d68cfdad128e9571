// What a client is made with, checked once so that a wrong key or address is told by name.

import { invalidRequest } from './errors.js';

export interface ClientOptions {
  /** The server's origin, such as `https://baton.example.com`. */
  readonly url: string;
  readonly apiKey: string;
  /** Account, by id or slug, of the handoff states. */
  readonly account?: string | undefined;
  /** Project, by id or slug, of the handoff states. */
  readonly project?: string | undefined;
  /** Seconds for each attempt, to which a look-up adds its wait. */
  readonly timeoutSeconds?: number | undefined;
  /** Repetitions at most, after the first attempt. */
  readonly retries?: number | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

export interface Settings {
  readonly origin: string;
  readonly apiKey: string;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly fetch: typeof fetch;
}

export function checkedSettings(options: ClientOptions): Settings {
  const { apiKey, timeoutSeconds = 10, retries = 3 } = options;
  // A platform's own error for a bad header value would quote the key.
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw invalidRequest(
      `apiKey: found ${textSize(apiKey)} that is no API key; ` +
        'give the key alone, without spaces or line breaks.',
    );
  }
  if (typeof timeoutSeconds !== 'number' || !(timeoutSeconds > 0)) {
    throw invalidRequest('timeoutSeconds: found no number above 0; give seconds, such as 10.');
  }
  if (!Number.isInteger(retries) || retries < 0) {
    throw invalidRequest('retries: found no whole number from 0 on; give 0 for no repetition.');
  }
  return {
    origin: checkedOrigin(options.url),
    apiKey,
    timeoutSeconds,
    retries,
    // Looked up at each call and called bare: browsers refuse `fetch` as another object's method.
    fetch: options.fetch ?? ((resource, request) => globalThis.fetch(resource, request)),
  };
}

function checkedOrigin(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw invalidRequest(
      `url: found ${textSize(url)} that is no http or https address; ` +
        'give the origin, such as https://baton.example.com.',
    );
  }
  if (parsed.href !== `${parsed.origin}/`) {
    throw invalidRequest(
      'url: found more than an origin (a path, a query or credentials); ' +
        'give scheme, host and port alone.',
    );
  }
  return parsed.origin;
}

function textSize(value: unknown): string {
  return typeof value === 'string'
    ? `text of ${value.length} characters`
    : `a value of type ${typeof value}`;
}
