// The event streams of this process: how many there are, of each key too, what they share, and their
// end with the server.

import type { FastifyReply } from 'fastify';
import { BatonError, shuttingDown } from '../error.js';
import { limits } from '../limits.js';
import type { Store } from '../store/store.js';
import { EventFeed } from './event-feed.js';

export class EventStreams {
  readonly #store: Store;
  readonly #feeds = new Map<string, EventFeed>();
  readonly #perKey = new Map<string, number>();
  readonly #ends = new Set<() => void>();
  #isClosing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get count(): number {
    return this.#ends.size;
  }

  /**
   * Counts a stream until the answer's connection closes. `end` is told when the server shuts down.
   * Throws `rate_limited` where the key has as many as it may, `unavailable` where the process has.
   */
  enter(keyId: string, reply: FastifyReply, end: () => void): void {
    if (this.#isClosing) throw shuttingDown();
    if (this.count >= limits.eventStreamsPerNodeMax) throw nodeIsFull();
    const ofKey = this.#perKey.get(keyId) ?? 0;
    if (ofKey >= limits.eventStreamsPerKeyMax) throw keyIsFull(reply);
    this.#ends.add(end);
    this.#perKey.set(keyId, ofKey + 1);
    whenClosed(reply, () => {
      this.#ends.delete(end);
      const left = this.#perKey.get(keyId)! - 1;
      if (left === 0) this.#perKey.delete(keyId);
      else this.#perKey.set(keyId, left);
    });
  }

  /** The events of a project; `wake` is called when there are more, until the connection closes. */
  feedOf(tenant: string, reply: FastifyReply, wake: () => void): EventFeed {
    const feed = this.#feeds.get(tenant) ?? new EventFeed(this.#store, tenant);
    this.#feeds.set(tenant, feed);
    const leave = feed.join(wake);
    whenClosed(reply, () => {
      leave();
      if (!feed.isDeserted) return;
      feed.close();
      this.#feeds.delete(tenant);
    });
    return feed;
  }

  /** Ends every stream, and lets none begin any more. */
  close(): void {
    this.#isClosing = true;
    for (const end of this.#ends) end();
  }
}

/** Calls `then` once, when the answer has ended or nobody is there any more to take it. */
export function whenClosed({ raw: response }: FastifyReply, then: () => void): void {
  // The socket too, since of pipelined requests only the first one's response is told of its end.
  const socket = response.req.socket.setMaxListeners(0);
  const done = () => {
    response.off('close', done);
    socket.off('close', done);
    then();
  };
  response.on('close', done);
  socket.on('close', done);
  if (socket.destroyed) done();
}

const retryAfterSeconds = 5;

function keyIsFull(reply: FastifyReply): BatonError {
  reply.header('ratelimit-policy', `"event_streams";q=${limits.eventStreamsPerKeyMax}`);
  reply.header('ratelimit', `"event_streams";r=0;t=${retryAfterSeconds}`);
  const message = 'This API key has as many event streams open as it may; close one of them.';
  return new BatonError('rate_limited', message, { retryAfterSeconds });
}

function nodeIsFull(): BatonError {
  const message = 'The server has as many event streams open as it may; try again.';
  return new BatonError('unavailable', message, { retryAfterSeconds });
}
