// A bare HTTP server that behaves, request by request, as a test says: well, badly or not at all.

import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { onTestFinished } from 'vitest';
import { BatonClient, BatonClientError, type ClientOptions } from '../../client/src/index.js';

export const apiKey = 'baton_us-1_0123456789Ab_aVerySecretTextThatNothingMayEverShow';

const clientOptions = { apiKey, account: 'acme', project: 'team' };

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly bodyText: string;
  /** Milliseconds, to compare with others. */
  readonly at: number;
}

/** What the server does with one request. */
export type Step = (response: ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  readonly client: BatonClient;
  /** Another client of this server, its options on top of the usual ones. */
  readonly clientWith: (options: Partial<ClientOptions>) => BatonClient;
}

/** One step for each request in turn; a request beyond the last is told by the status 418. */
export async function scriptedServer(...steps: Step[]): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const at = performance.now();
    const place = requests.length;
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, headers, bodyText: '', at });
    let bodyText = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      bodyText += part;
    });
    request.on('end', () => {
      requests[place] = { method, url, headers, bodyText, at };
      (steps[place] ?? answer(418, {}))(response);
    });
  });
  const url = await listening(server);
  const clientWith: ScriptedServer['clientWith'] = (options) =>
    new BatonClient({ ...clientOptions, url, ...options });
  return { url, requests, client: clientWith({}), clientWith };
}

/** Nothing listens there: below the ports that a system gives out, and assigned to no program. */
export const nowhere = 'http://127.0.0.1:2';

/** Has the first attempt of a call refused by the system, and sends the later ones as they are. */
export function refusedFirst(): typeof fetch {
  let attempts = 0;
  return (resource, request) => fetch(attempts++ === 0 ? nowhere : resource, request);
}

/** The error that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<BatonClientError> {
  const outcome: unknown = await call.catch((reason: unknown) => reason);
  if (outcome instanceof BatonClientError) return outcome;
  throw new Error('The call did not reject with a BatonClientError.', { cause: outcome });
}

/** Listens until the test ends; gives the origin. */
async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

export function answer(
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): Step {
  const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => {
    response.writeHead(status, { 'x-request-id': 'request-1', ...headers }).end(bodyText);
  };
}

export const stateHeaders = {
  etag: '"3"',
  'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT',
  sunset: 'Sun, 29 Nov 2026 10:00:00 GMT',
};

/** A handoff state, as a look-up and a write answer it. */
export function state(
  body: object | string = { id: 'call-1', data: { reason: 'billing' } },
  status = 200,
): Step {
  return answer(status, body, stateHeaders);
}

/** A refusal in the form of every error of Baton. */
export function refusal(
  status: number,
  errorCode: string,
  headers: Record<string, string> = {},
): Step {
  const envelope = {
    error_message: `Refused for a test with ${status}.`,
    error_code: errorCode,
    error_id: 'request-1',
  };
  return answer(status, envelope, headers);
}

/** The connection is cut before any answer. */
export const cut: Step = (response) => {
  response.socket?.resetAndDestroy();
};

/** The request is read and never answered. */
export const silence: Step = () => {};
