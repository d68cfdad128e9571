// What a call to the server can end with besides its answer.

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The server's `error_code`; `network` where there was no answer. */
  readonly code: string;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(failure: {
    code: string;
    message: string;
    status: number;
    requestId?: string | undefined;
    retryAfterSeconds?: number | undefined;
  }) {
    super(failure.message);
    this.code = failure.code;
    this.status = failure.status;
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
}

/** The error as one of ours; undefined where the call was given up by whoever made it. */
export function asApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  return new ApiError({
    code: 'unexpected',
    message: `The console itself failed: ${String(error)}; refresh the page.`,
    status: 0,
  });
}

export function noAnswer(): ApiError {
  return new ApiError({
    code: 'network',
    message: 'The server gave no answer; check that it runs and that you are connected to it.',
    status: 0,
  });
}
