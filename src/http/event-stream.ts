// One stream of events: what it sends, whether its reader keeps up, and whether it may go on.

import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from '../limits.js';
import type { HandoffEvent } from '../outcome.js';
import { isStillLetIn } from './authenticate.js';
import type { Context } from './context.js';
import type { EventFeed } from './event-feed.js';
import { whenClosed } from './event-streams.js';
import { timeText } from './paging.js';

/** How often a stream looks whether it may go on. */
const tickMs = 900;
const heartbeatMs = 15_000;
/** Within which a browser comes again when the stream has ended. */
const retryMs = 1_000;

/** Where a stream begins. */
export interface EventStart {
  /** The number of the event before. */
  readonly after: number;
  /** Whether some that the reader has not seen are gone. */
  readonly hasGap: boolean;
}

/**
 * Text is made only as fast as the reader takes it. Who takes none for `limits.eventReaderMsMax` is
 * cut off, and may come again with the last number that it has.
 */
export class EventStream {
  readonly #context: Context;
  readonly #request: FastifyRequest;
  readonly #response: ServerResponse;
  readonly #feed: EventFeed;
  #isOver = false;
  #isWoken = false;
  #resume: (() => void) | undefined;
  /** Since when text waits for its reader; undefined: none does. */
  #blockedAt: number | undefined;
  #sentAt: number;
  #isChecking = false;

  /** Lives as long as the answer's connection. */
  constructor(context: Context, request: FastifyRequest, reply: FastifyReply) {
    this.#context = context;
    this.#request = request;
    this.#response = reply.raw;
    this.#sentAt = context.elapsedMs();
    context.eventStreams.enter(request.key.keyId, reply, () => this.#end());
    const { tenant } = request.project;
    this.#feed = context.eventStreams.feedOf(tenant, reply, () => this.#wake());
    const timer = setInterval(() => void this.#tick(), tickMs);
    whenClosed(reply, () => {
      clearInterval(timer);
      this.#end();
    });
  }

  /** `lastSeen`: the number of the last event that the reader has; undefined: it begins now. */
  async start(lastSeen: number | undefined): Promise<EventStart> {
    const { store } = this.#context;
    const { tenant } = this.#request.project;
    const last = await store.lastEvent(tenant);
    if (lastSeen === undefined || lastSeen === last) return { after: last, hasGap: false };
    // Of another store, or from before a backup that was restored.
    if (lastSeen > last) return { after: last, hasGap: true };
    const first = await store.firstEvent(tenant);
    if (first === 0) return { after: last, hasGap: true };
    return first > lastSeen + 1
      ? { after: first - 1, hasGap: true }
      : { after: lastSeen, hasGap: false };
  }

  /** Sends events until the stream is over. */
  async run({ after, hasGap }: EventStart): Promise<void> {
    let last = after;
    try {
      await this.#send(`retry: ${retryMs}\n${hasGap ? gapText(last) : `id: ${last}\n\n`}`);
      while (!this.#isOver) {
        this.#isWoken = false;
        const events = await this.#feed.after(last);
        if (events.length === 0) {
          await this.#pause();
        } else {
          last = events.at(-1)!.seq;
          await this.#send(events.map(eventText).join(''));
        }
      }
    } catch (error) {
      this.#noteFailure(error);
    }
    this.#response.end();
  }

  /** Resolves when the reader has taken it, or is gone. */
  async #send(text: string): Promise<void> {
    this.#sentAt = this.#context.elapsedMs();
    if (this.#isOver || this.#response.write(text)) return;
    this.#blockedAt = this.#sentAt;
    await drained(this.#response);
    this.#blockedAt = undefined;
  }

  /** Until there may be more, or it is time to say that the stream is there. */
  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      if (this.#isWoken || this.#isOver) resolve();
    });
    const isSilent = this.#context.elapsedMs() - this.#sentAt >= heartbeatMs;
    if (isSilent) await this.#send(': still here\n\n');
  }

  #wake(): void {
    this.#isWoken = true;
    this.#resume?.();
  }

  async #tick(): Promise<void> {
    this.#wake();
    const blockedMs = this.#context.elapsedMs() - (this.#blockedAt ?? Infinity);
    if (blockedMs >= limits.eventReaderMsMax) return this.#end();
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      if (!(await isStillLetIn(this.#context, this.#request))) this.#end();
    } catch (error) {
      this.#noteFailure(error);
    }
    this.#isChecking = false;
  }

  #noteFailure(error: unknown): void {
    const { log } = this.#context;
    log.warn({ err: error, request_id: this.#request.id }, 'an event stream has ended');
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    // What waits for a reader that takes nothing would keep the connection for ever.
    if (this.#blockedAt !== undefined) this.#response.destroy();
    this.#wake();
  }
}

/** Resolves when there is room again, or nobody to take it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function eventText({ seq, kind, id, at, late }: HandoffEvent): string {
  const data = { id, at: timeText(at), ...(kind === 'picked_up' ? { late } : {}) };
  return `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

function gapText(seq: number): string {
  return `id: ${seq}\nevent: gap\ndata: {}\n\n`;
}
