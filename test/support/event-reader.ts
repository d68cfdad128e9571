// A reader of an event stream, as a browser's EventSource parses it, with what came so far.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import type { TestServer } from './server.js';

export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read members of any event
  readonly data: any;
}

export class EventReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly response: IncomingMessage;
  text = '';
  hasEnded = false;
  readonly #request: ClientRequest;

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.response = response;
    this.status = response.statusCode!;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      this.text += part;
    });
    response.on('error', () => {});
    response.on('close', () => {
      this.hasEnded = true;
    });
  }

  /** The id that the browser would come again with. */
  get lastId(): string | undefined {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
  }

  /** Those that are whole, in their order. */
  get events(): ReadEvent[] {
    const blocks = this.text.split('\n\n').slice(0, -1);
    return blocks.flatMap((block) => {
      const fields = new Map(
        block.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]),
      );
      const data = fields.get('data');
      if (data === undefined) return [];
      return [{ id: fields.get('id')!, event: fields.get('event')!, data: JSON.parse(data) }];
    });
  }

  /** Resolves when so many have come. */
  async until(count: number, timeout = 60_000): Promise<ReadEvent[]> {
    await expect.poll(() => this.events.length, { interval: 10, timeout }).toBe(count);
    return this.events;
  }

  /** Resolves when the server has ended the stream. */
  async ended(timeout = 60_000): Promise<void> {
    await expect.poll(() => this.hasEnded, { interval: 10, timeout }).toBe(true);
  }

  close(): void {
    this.#request.destroy();
  }
}

/** Opens a stream of the first project, with the first admin key where no headers are given. */
export function readEvents(
  server: Pick<TestServer, 'stateUrl' | 'keys'>,
  {
    headers = { 'x-api-key': server.keys.admin },
    query = '',
  }: { headers?: Record<string, string>; query?: string } = {},
): Promise<EventReader> {
  const url = server.stateUrl.replace('handoff_state', `events${query}`);
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, agent: false });
    request.on('error', reject);
    request.on('response', (response) => resolve(new EventReader(request, response)));
    request.end();
  });
}
