// How many bytes of request bodies are held at a time, so that many large ones do not fill memory.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { BatonError } from '../error.js';
import { limits } from '../limits.js';

export class BodyMemory {
  readonly #bytesMax: number;
  #bytesHeld = 0;

  constructor(mebibytes: number) {
    this.#bytesMax = mebibytes * 1024 * 1024;
  }

  /**
   * Takes the room of a body before it is read, and gives it back when the request has been
   * answered or is gone. Throws `unavailable` where there is no room.
   */
  hold({ headers }: FastifyRequest, reply: FastifyReply): void {
    const isUnsized = headers['transfer-encoding'] !== undefined;
    const bytes = isUnsized ? limits.bodyBytesMax : Number(headers['content-length'] ?? 0);
    // What is too large is refused before it is read.
    if (bytes === 0 || bytes > limits.bodyBytesMax) return;
    if (this.#bytesHeld + bytes > this.#bytesMax) {
      const message = 'The server holds as many request bodies as it may; try again.';
      throw new BatonError('unavailable', message, { retryAfterSeconds: 1 });
    }
    this.#bytesHeld += bytes;
    reply.raw.once('close', () => {
      this.#bytesHeld -= bytes;
    });
  }
}
