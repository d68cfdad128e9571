// What nodes tell each other: which names were written, by their hashes, and that projects or keys
// changed. Sent after the commit, many in a statement: a NOTIFY inside makes commits queue.

import type { Client } from 'pg';
import { hangUp, query } from './client.js';
import type { Database } from './database.js';
import { isLost, sqlState } from './failure.js';
import { Signal, within } from './signal.js';

const channel = 'baton';
/** Stands for "projects or keys": no hash has this length. */
const referenceToken = '*';
/** Stands for nothing: sent now and then to see whether the connection still answers. */
const idleToken = '.';
/** Of 22 characters each; a payload holds up to 8,000 bytes. */
const hashesPerPayload = 300;
const payloadsPerStatement = 20;

const checkEveryMs = 2_000;
const retryMs = 250;
/** An engine without notifications is asked again this seldom. */
const unsupportedMs = 60_000;

export interface NotificationEvents {
  readonly onWritten: (hash: string) => void;
  readonly onReferenceChanged: () => void;
  /** Notifications may have been missed. */
  readonly onGap: () => void;
  readonly onWarning: (message: string) => void;
}

export class Notifications {
  readonly #database: Database;
  readonly #events: NotificationEvents;
  readonly #toSend = new Set<string>();
  readonly #changed = new Signal();
  #client: Client | undefined;
  #isSending = false;
  #isClosing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(database: Database, events: NotificationEvents) {
    this.#database = database;
    this.#events = events;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Without a connection nothing is told: whoever waits looks again by itself. */
  tellWritten(hashes: Iterable<string>): void {
    if (this.#client === undefined) return;
    for (const hash of hashes) this.#toSend.add(hash);
    void this.#send();
  }

  tellReferenceChanged(): void {
    this.tellWritten([referenceToken]);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#changed.notify();
    await this.#running;
  }

  /** Keeps one connection that listens, makes it anew when it is lost. */
  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const pauseMs = await this.#listen().then(
        () => retryMs,
        (error: unknown) => this.#failed(error),
      );
      if (!this.#isClosing) await this.#changed.wait(pauseMs);
    }
  }

  /** Resolves when the connection has ended. */
  async #listen(): Promise<void> {
    const primary = await this.#database.primary(this.#database.deadline());
    const client = await primary.connect();
    let ownProcessId: number | undefined;
    client.once('end', () => {
      this.#client = undefined;
      this.#changed.notify();
    });
    client.on('notification', ({ payload, processId }) => {
      // What was written here has woken its readers already.
      if (processId !== ownProcessId) this.#receive(payload ?? '');
    });
    try {
      // A notification needs no disk: it is about a commit that is there already.
      await query(client, "SET synchronous_commit = off; SET application_name = 'baton listener'");
      await query(client, `LISTEN ${channel}`);
      const [own] = await query<{ pid: number }>(client, 'SELECT pg_backend_pid() AS pid');
      ownProcessId = own!.pid;
      this.#client = client;
      this.#events.onGap();
      while (this.#client === client && !this.#isClosing && !primary.isLost) {
        await this.#changed.wait(checkEveryMs);
        this.tellWritten([idleToken]);
      }
    } finally {
      this.#client = undefined;
      this.#toSend.clear();
      hangUp(client);
    }
  }

  #failed(error: unknown): number {
    if (sqlState(error) === undefined || isLost(error)) return retryMs;
    this.#events.onWarning(
      'The database takes no notifications: waiting readers look again once a second. ' +
        String(error),
    );
    return unsupportedMs;
  }

  #receive(payload: string): void {
    for (const told of payload.split(' ')) {
      if (told === referenceToken) this.#events.onReferenceChanged();
      else if (told !== idleToken) this.#events.onWritten(told);
    }
  }

  /** One statement at a time: what is written meanwhile goes with the next one. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#toSend.size > 0 && this.#client !== undefined) {
        const client = this.#client;
        const payloads = this.#takePayloads();
        const sent = client.query({
          name: 'notify',
          text: `SELECT pg_notify('${channel}', payload) FROM unnest($1::text[]) AS payload`,
          values: [payloads],
        });
        if ((await within(sent, checkEveryMs)) === undefined) hangUp(client);
      }
    } catch {
      // Whoever waits looks again by itself; the connection is made anew.
    } finally {
      this.#isSending = false;
    }
  }

  #takePayloads(): string[] {
    const hashes = [...this.#toSend].slice(0, hashesPerPayload * payloadsPerStatement);
    for (const hash of hashes) this.#toSend.delete(hash);
    const payloads: string[] = [];
    for (let at = 0; at < hashes.length; at += hashesPerPayload) {
      payloads.push(hashes.slice(at, at + hashesPerPayload).join(' '));
    }
    return payloads;
  }
}
