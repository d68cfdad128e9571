// One HTTP request, raw: what was sent and what came back, with nothing retried or hidden.

import { type Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { noteTold } from './confidences.js';

export interface Sent {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Record<string, string | string[]>;
  /** Text is sent as it is; anything else as JSON. */
  readonly body?: unknown;
  /** Whose connections are used; left out: a new connection. */
  readonly agent?: Agent;
  /** PEM of the certificate that the server is known by, where it speaks TLS. */
  readonly ca?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body read as JSON, undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read members of any answer
  readonly json: any;
}

export function send(url: string, sent: Sent = {}): Promise<Received> {
  const headers: Record<string, string | string[]> = { ...sent.headers };
  if (sent.key !== undefined) headers['x-api-key'] = sent.key;
  const body =
    sent.body === undefined || typeof sent.body === 'string'
      ? sent.body
      : JSON.stringify(sent.body);
  if (body !== undefined) {
    headers['content-type'] ??= 'application/json';
    headers['content-length'] ??= String(Buffer.byteLength(body));
  }
  noteTold(url, sent.key, body);
  return new Promise((resolve, reject) => {
    const { method = 'GET', agent = false, ca } = sent;
    const request = url.startsWith('https:')
      ? httpsRequest(url, { method, headers, agent, ca })
      : httpRequest(url, { method, headers, agent });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      const isEndless = String(response.headers['content-type']).startsWith('text/event-stream');
      const answered = () => {
        const text = Buffer.concat(parts).toString('utf8');
        const isJson = String(response.headers['content-type']).startsWith('application/json');
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text,
          json: isJson && text !== '' ? JSON.parse(text) : undefined,
        });
      };
      response.on('data', (part: Buffer) => {
        parts.push(part);
        if (!isEndless) return;
        answered();
        response.destroy();
      });
      response.on('error', reject);
      response.on('end', answered);
    });
    request.end(body);
  });
}
