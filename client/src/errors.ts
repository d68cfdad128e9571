// What a call fails with: one error type, its codes, and the code of every status.

/** Why there is no handoff state: it was never written, it has expired, or it was erased. */
export const missingCodes = [
  'handoff_state_not_found',
  'handoff_state_expired',
  'handoff_state_erased',
] as const;

/** What a status means where its body names no code known here: a proxy's or a newer server's. */
export const codeOfStatus = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  500: 'internal',
  503: 'unavailable',
  507: 'storage_full',
} as const;

export type MissingCode = (typeof missingCodes)[number];
export type ServerErrorCode = MissingCode | (typeof codeOfStatus)[keyof typeof codeOfStatus];

/**
 * `timeout`: no whole answer in time. `network`: no connection, or it was lost. `invalid_answer`:
 * an answer that is not Baton's, such as a proxy's page or a redirect.
 */
export type ClientErrorCode = ServerErrorCode | 'timeout' | 'network' | 'invalid_answer';

export interface Failure {
  readonly code: ClientErrorCode;
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly outcomeUnknown?: boolean | undefined;
}

/**
 * The one error of this client; a call that its `signal` ends rejects with the signal's reason
 * instead. Neither the message nor any member ever holds the API key, an id or `data`.
 */
export class BatonClientError extends Error {
  override readonly name = 'BatonClientError';
  readonly code: ClientErrorCode;
  /** HTTP status of the answer; undefined where none came or nothing was sent. */
  readonly status: number | undefined;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** Seconds after which the server expects a repetition to make sense (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;
  /**
   * Whether a write may have been carried out, or may yet be, although it failed: the connection
   * was lost, the time was up, or the server failed (5xx), in this attempt or an earlier one.
   */
  readonly outcomeUnknown: boolean;

  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.status = failure.status;
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.outcomeUnknown = failure.outcomeUnknown ?? false;
  }
}

/** Whether a call failed because there is no such handoff state. */
export function isMissing(error: unknown): error is BatonClientError & { code: MissingCode } {
  return error instanceof BatonClientError && missingCodes.some((code) => code === error.code);
}

/** The error of a call that is refused before anything is sent. */
export function invalidRequest(message: string): BatonClientError {
  return new BatonClientError({ code: 'invalid_request', message });
}
