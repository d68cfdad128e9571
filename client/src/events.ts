// Events of handoffs as they happen: read from a stream, which is opened again where it was lost.

import { BatonClientError } from './errors.js';
import { type Members, parsedObject } from './json.js';
import { isRepeated, pause, pauseSeconds } from './retry.js';
import type { HandoffEvent } from './types.js';

/** The server says every 15 seconds that it is there. */
export const eventSilentSecondsMax = 45;

export interface EventSettings {
  readonly retries: number;
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Opens a stream after the event with this id. */
  open(lastEventId: string | undefined): AsyncIterable<string>;
}

export async function* readEvents(
  settings: EventSettings,
): AsyncGenerator<HandoffEvent, never, undefined> {
  let { lastEventId } = settings;
  let failed = 0;
  for (;;) {
    let retryAfterSeconds: number | undefined;
    try {
      for await (const { id, event, data } of blocksOf(settings.open(lastEventId))) {
        failed = 0;
        lastEventId = id ?? lastEventId;
        const read = eventOf(lastEventId, event, data);
        if (read !== undefined) yield read;
      }
    } catch (error) {
      const isPassing =
        error instanceof BatonClientError &&
        isRepeated({ repeatable: true, waitSecondsLeft: 0 }, error);
      if (!isPassing || failed >= settings.retries) throw error;
      ({ retryAfterSeconds } = error);
    }
    await pause(pauseSeconds(failed, retryAfterSeconds), settings.signal);
    failed += 1;
  }
}

interface Block {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
}

/** What stands between two empty lines, whatever the pieces were. */
async function* blocksOf(texts: AsyncIterable<string>): AsyncGenerator<Block, void, undefined> {
  let rest = '';
  for await (const text of texts) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) yield { ...fieldsOf(block) };
  }
}

function fieldsOf(block: string): Block {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return { id: fields.get('id'), event: fields.get('event'), data: fields.get('data') };
}

/** Undefined of a block that tells no event that is known here. */
function eventOf(
  eventId: string | undefined,
  kind: string | undefined,
  data: string | undefined,
): HandoffEvent | undefined {
  const members = data === undefined ? undefined : parsedObject(data);
  if (eventId === undefined || members === undefined) return undefined;
  if (kind === 'gap') return { eventId, kind };
  if (kind === 'picked_up') {
    return { eventId, kind, ...whatAndWhen(members), late: members['late'] === true };
  }
  const isKnown =
    kind === 'written' || kind === 'changed' || kind === 'missed' || kind === 'erased';
  return isKnown ? { eventId, kind, ...whatAndWhen(members) } : undefined;
}

function whatAndWhen({ id, at }: Members): { id: string; at: Date } {
  return { id: String(id), at: new Date(String(at)) };
}
