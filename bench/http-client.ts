// A small HTTP client on keep-alive sockets: for seeding, for checking answers and for measuring waits.

import { readFileSync } from 'node:fs';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import type { Running } from './processes.js';

export interface Call {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** When the whole answer had come, by `performance.now()`. */
  readonly at: number;
}

const pollMs = 2;

export function keepAliveAgent(sockets: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets });
}

export function send(agent: Agent, url: string, call: Call = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = call;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => {
        text += part;
      });
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: text, at: performance.now() });
      });
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Throws unless the answer has this status; `what` names the call in the message. */
export function expectStatus(reply: Reply, status: number, what: string): void {
  if (reply.status === status) return;
  throw new Error(`${what}: found status ${reply.status} instead of ${status}: ${reply.body}`);
}

/** Asks until the server gives status 200, and resolves with that reply. */
export async function firstAnswer(
  running: Running,
  url: string,
  call: Call = {},
  timeoutMs = 30_000,
): Promise<Reply> {
  const agent = new Agent({ keepAlive: false });
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && !running.hasEnded()) {
    const reply = await send(agent, url, call).catch(() => undefined);
    if (reply?.status === 200) return reply;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const log = readFileSync(running.logFile, 'utf8').slice(-2_000);
  throw new Error(`a server gave no answer within ${timeoutMs} ms. The end of its log:\n${log}`);
}
