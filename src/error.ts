// The one error type of the product, its codes, and the one table from code to HTTP status.

/** Status of every error code (design 3.3); read in both directions by the server and by tests. */
export const statusOfCode = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  handoff_state_not_found: 404,
  handoff_state_expired: 404,
  handoff_state_erased: 404,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  unavailable: 503,
  storage_full: 507,
} as const;

export type ErrorCode = keyof typeof statusOfCode;

/**
 * A failure with a code that a program can act on and one sentence for a person: what was wrong,
 * what was found (its type, length or place, never its value) and what to do.
 */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly code: ErrorCode;
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options?: { retryAfterSeconds?: number }) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

export function invalidRequest(message: string): BatonError {
  return new BatonError('invalid_request', message);
}

export function shuttingDown(): BatonError {
  return new BatonError('unavailable', 'The server is shutting down; try again.', {
    retryAfterSeconds: 1,
  });
}
