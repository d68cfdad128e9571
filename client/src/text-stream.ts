// One answer whose text is read as it comes, and given up where nothing comes for too long.

import { query } from './address.js';
import { type Call, refusal, withoutKey } from './connection.js';
import { BatonClientError, type Failure } from './errors.js';
import { lost } from './exchange.js';
import type { Settings } from './options.js';

/** The pieces of the text; throws BatonClientError, or the reason of the call's signal. */
export type ReadText = (call: TextCall) => AsyncGenerator<string, void, undefined>;

export interface TextCall extends Pick<Call, 'path' | 'parameters' | 'headers' | 'signal'> {
  /** After which without a piece the connection counts as lost. */
  readonly silentSecondsMax: number;
}

/** The key stays in this closure, where neither inspection nor serialisation finds it. */
export function textStream(settings: Settings): ReadText {
  return async function* texts(call) {
    const { signal } = call;
    signal?.throwIfAborted();
    const ending = new AbortController();
    const end = () => ending.abort();
    signal?.addEventListener('abort', end, { once: true });
    const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
      const timer = setTimeout(end, call.silentSecondsMax * 1000);
      return work.finally(() => clearTimeout(timer));
    };
    try {
      const response = await inTime(opened(settings, call, ending.signal));
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await inTime(reader.read());
        if (done) return;
        yield value;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BatonClientError) throw error;
      throw new BatonClientError(lost(settings, error));
    } finally {
      signal?.removeEventListener('abort', end);
      // Also where whoever reads has had enough: the connection is not to stay open.
      end();
    }
  };
}

async function opened(
  settings: Settings,
  { path, parameters, headers }: TextCall,
  signal: AbortSignal,
): Promise<Response> {
  const response = await settings.fetch(settings.origin + path + query({ ...parameters }), {
    headers: { 'x-api-key': settings.apiKey, accept: 'text/event-stream', ...headers },
    // Following a redirect would carry the key to a host that the caller never named.
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (status === 200 && isStream) return response;
  const bodyText = await response.text();
  const failure: Failure = refusal({ status, headers: response.headers, bodyText });
  const message = withoutKey(failure.message, settings.apiKey);
  throw new BatonClientError({ ...failure, message, outcomeUnknown: false });
}
