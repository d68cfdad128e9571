// Keep-alive connections of our own, for seeding, for checking and for timing. They do next to
// nothing with an answer: node:http as a client took longer than the servers that it timed.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from './processes.js';
import { type Request, requestText } from './request.js';

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** When the whole answer had come, by `performance.now()`. */
  readonly at: number;
}

const headEnd = '\r\n\r\n';
const pollMs = 2;
const answerMs = 30_000;

/** One request at a time. Answers must have a Content-Length and be ASCII. */
export class Connection {
  readonly #socket: Socket;
  #text = '';
  #answer: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (part: string) => this.#read(part));
    socket.on('error', (error) => this.#answer?.reject(error));
    socket.on('close', () => this.#answer?.reject(new Error('a server closed the connection.')));
  }

  static async open(origin: string): Promise<Connection> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  static async openMany(origin: string, count: number): Promise<Connection[]> {
    return await Promise.all(Array.from({ length: count }, () => Connection.open(origin)));
  }

  send(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#socket.write(requestText(request));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(part: string): void {
    const at = performance.now();
    this.#text += part;
    const bodyStart = this.#text.indexOf(headEnd) + headEnd.length;
    if (bodyStart < headEnd.length) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#text)?.[1]);
    if (this.#text.length < bodyStart + length) return;

    const reply = {
      status: Number(this.#text.slice(9, 12)),
      body: this.#text.slice(bodyStart),
      at,
    };
    this.#text = '';
    this.#answer?.resolve(reply);
    this.#answer = undefined;
  }
}

/** Throws unless the answer has this status; `what` names the call in the message. */
export function expectStatus(reply: Reply, status: number, what: string): void {
  if (reply.status === status) return;
  throw new Error(`${what}: found status ${reply.status} instead of ${status}: ${reply.body}`);
}

/** Asks until the server gives status 200, and resolves with that reply. */
export async function firstAnswer(running: Running, request: Request): Promise<Reply> {
  const deadline = performance.now() + answerMs;
  while (performance.now() < deadline && !running.hasEnded()) {
    const reply = await askOnce(request).catch(() => undefined);
    if (reply?.status === 200) return reply;
    await pause(pollMs);
  }
  const log = readFileSync(running.logFile, 'utf8').slice(-2_000);
  const what = running.hasEnded() ? 'ended before it answered' : `was silent for ${answerMs} ms`;
  throw new Error(`A server ${what}. The end of its log:\n${log}`);
}

export async function askOnce(request: Request): Promise<Reply> {
  const connection = await Connection.open(request.origin);
  try {
    return await connection.send(request);
  } finally {
    connection.close();
  }
}
