// The body of a backup: bytes in chunks, each sealed with its number and whether it is the last.
//
// The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) as age uses it: the nonce
// counts, so that a chunk that is changed, moved, left out or cut off does not open.

import { createCipheriv, createDecipheriv } from 'node:crypto';

export const chunkBytes = 64 * 1024;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

export interface ChunkKey {
  /** 32 bytes, used for one backup only. */
  readonly key: Uint8Array;
  /** Authenticated with every chunk: what stands before the body. */
  readonly context: Uint8Array;
}

/** The chunks of these bytes; at least one, which is then empty. */
export async function* sealChunks(
  chunkKey: ChunkKey,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  for await (const { place, isLast, part } of inParts(bytes, chunkBytes)) {
    const nonce = nonceOf(place, isLast);
    const cipher = createCipheriv(algorithm, chunkKey.key, nonce).setAAD(chunkKey.context);
    yield Buffer.concat([cipher.update(part), cipher.final(), cipher.getAuthTag()]);
  }
}

/** The bytes of these chunks. Throws what `damaged` gives at the first that does not open. */
export async function* openChunks(
  chunkKey: ChunkKey,
  bytes: AsyncIterable<Uint8Array>,
  damaged: (place: number) => Error,
): AsyncGenerator<Buffer> {
  for await (const { place, isLast, part } of inParts(bytes, chunkBytes + tagBytes)) {
    if (part.length < tagBytes) throw damaged(place);
    const nonce = nonceOf(place, isLast);
    const decipher = createDecipheriv(algorithm, chunkKey.key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(chunkKey.context).setAuthTag(part.subarray(-tagBytes));
    const opened = decipher.update(part.subarray(0, -tagBytes));
    try {
      decipher.final();
    } catch {
      throw damaged(place);
    }
    yield opened;
  }
}

interface Part {
  readonly place: number;
  readonly isLast: boolean;
  readonly part: Buffer;
}

/** Cut into parts of this size, the last of them shorter or as long. */
async function* inParts(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Part> {
  let held = Buffer.alloc(0);
  let place = 0;
  for await (const more of bytes) {
    held = Buffer.concat([held, more]);
    let from = 0;
    for (; held.length - from > size; from += size) {
      yield { place, isLast: false, part: held.subarray(from, from + size) };
      place += 1;
    }
    held = held.subarray(from);
  }
  yield { place, isLast: true, part: held };
}

/** Eleven bytes of the place, one that is 1 for the last. */
function nonceOf(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(place, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
