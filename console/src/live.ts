// The event stream of a project: one for the whole console, closed while nobody looks.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Project } from './api-types.js';
import { basePath } from './paths.js';

export const eventKinds = ['written', 'changed', 'picked_up', 'missed', 'erased'] as const;
export type EventKind = (typeof eventKinds)[number];

export interface LiveEvent {
  /** `gap`: events were lost, so that everything must be asked for again. */
  readonly kind: EventKind | 'gap';
  readonly id: string;
  readonly at: string;
  readonly late: boolean;
}

/** `off`: the stream is not to be had; what is shown is asked for again now and then instead. */
export type LiveState = 'connecting' | 'on' | 'off';

const retryMsFirst = 1_000;
const retryMsMax = 30_000;
const pollMs = 5_000;
/** A hidden page keeps its stream for so long: browsers allow few connections to a server. */
const hiddenMsMax = 30_000;

type Listener = (event: LiveEvent) => void;

export class LiveStream {
  readonly #address: string;
  readonly #listeners = new Set<Listener>();
  readonly #onState: (state: LiveState) => void;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #retryMs = retryMsFirst;
  #wasOpen = false;

  constructor(project: Project, onState: (state: LiveState) => void) {
    this.#address = `${basePath(project)}/events`;
    this.#onState = onState;
    this.#connect();
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#disconnect();
  }

  #connect(): void {
    this.#disconnect();
    const source = new EventSource(this.#address);
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#failed(source));
    for (const kind of [...eventKinds, 'gap'] as const) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => this.#tell(kind, data));
    }
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #opened(): void {
    this.#retryMs = retryMsFirst;
    clearInterval(this.#poll);
    this.#poll = undefined;
    // What happened while there was no stream is not told any more.
    if (this.#wasOpen) this.#tell('gap', '{}');
    this.#wasOpen = true;
    this.#onState('on');
  }

  /** The browser connects again by itself, except where it was refused. */
  #failed(source: EventSource): void {
    this.#onState(source.readyState === EventSource.CLOSED ? 'off' : 'connecting');
    this.#wasOpen = true;
    this.#poll ??= setInterval(() => this.#tell('gap', '{}'), pollMs);
    if (source.readyState !== EventSource.CLOSED) return;
    this.#timer = setTimeout(() => this.#connectKeepingPoll(), this.#retryMs);
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }

  #connectKeepingPoll(): void {
    const poll = this.#poll;
    this.#poll = undefined;
    this.#connect();
    this.#poll = poll;
  }

  #tell(kind: LiveEvent['kind'], data: string): void {
    const { id = '', at = '', late = false } = JSON.parse(data) as Partial<LiveEvent>;
    for (const listener of this.#listeners) listener({ kind, id, at, late });
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#timer);
    if (document.visibilityState === 'hidden') {
      this.#timer = setTimeout(() => this.#disconnect(), hiddenMsMax);
    } else if (this.#source === undefined || this.#source.readyState === EventSource.CLOSED) {
      this.#connect();
    }
  };
}

/** Runs `refresh` soon after an event, and not more often than once in `pauseMs`. */
export function useLive(
  stream: LiveStream | undefined,
  refresh: (events: readonly LiveEvent[]) => void,
  pauseMs = 500,
): void {
  const newest = useRef(refresh);
  newest.current = refresh;
  useEffect(() => {
    let waiting: LiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const run = () => {
      timer = undefined;
      lastAt = performance.now();
      const events = waiting;
      waiting = [];
      newest.current(events);
    };
    const end = stream?.subscribe((event) => {
      if (waiting.length < eventsHeldMax) waiting.push(event);
      timer ??= setTimeout(run, Math.max(settleMs, lastAt + pauseMs - performance.now()));
    });
    return () => {
      end?.();
      clearTimeout(timer);
    };
  }, [stream, pauseMs]);
}

/** Events come in groups: what follows at once is taken along. */
const settleMs = 50;
/** More of them in one pause say no more than that much has happened. */
const eventsHeldMax = 500;

/** A time that moves on, for ages: milliseconds since 1970, anew every `everyMs`. */
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
