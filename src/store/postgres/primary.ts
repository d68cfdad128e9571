// One primary for as long as it lasts: its connections, and whether it may be trusted.

import { type Client, type ClientBase, DatabaseError, Pool, type PoolClient } from 'pg';
import type { DatabaseAddress } from '../../database-url.js';
import { BatonError } from '../../error.js';
import {
  clientConfig,
  connect,
  type DatabaseHost,
  destroy,
  hangUp,
  prepareClient,
  query,
  watchForWarning,
} from './client.js';
import { databaseNow, statementNow } from './clock.js';
import { CommitLate, ConnectionLost, isConflict } from './failure.js';
import type { Candidate } from './find-primary.js';
import { Session } from './session.js';
import { within } from './signal.js';
import { timelineAgeMs } from './timeline.js';

/**
 * How long an acknowledged heartbeat is good for. A resumed or cut-off primary believes in itself,
 * but its standby has left it and acknowledges nothing. Its successor is not used for as long, by
 * any node: until then another node may trust the old one, and show what is older by now.
 */
const trustMs = 5_000;
/** How long a request waits for a connection of the pool. */
const poolWaitMs = 2_000;
/** How long work under way may take when the connections are given up. */
const closeMs = 3_000;

const beat = `INSERT INTO node (node_id, beat_at, format) VALUES ($1, ${databaseNow}, $2)
  ON CONFLICT (node_id) DO UPDATE SET beat_at = excluded.beat_at`;

/** What this version reads: 1, sealed states. */
const format = 1;
/** A node without a heartbeat for so long is gone. */
const nodeMs = 60_000;
/** Each start makes a node of its own: those of long ago are forgotten. */
const forgetNodes = `DELETE FROM node WHERE beat_at < ${statementNow} - 86400000`;
/** Sealing starts, for good, once every node reads what is sealed. */
const startSealing = `INSERT INTO setting (name, value)
  SELECT 'sealed_format', '${format}' WHERE NOT EXISTS (
    SELECT 1 FROM node WHERE beat_at > ${databaseNow} - ${nodeMs} AND format < ${format})
  ON CONFLICT (name) DO NOTHING`;

/** What each heartbeat reads. */
const news = "SELECT name, value FROM setting WHERE name IN ('reference_version', 'sealed_format')";

/**
 * Whether a heartbeat is under way there: it keeps its row locked until its standby has it. The
 * node's id is text that needs no quoting.
 */
export async function isBeating(client: Client, nodeId: string): Promise<boolean> {
  try {
    await query(client, 'BEGIN');
    await query(client, `SELECT FROM node WHERE node_id = '${nodeId}' FOR UPDATE NOWAIT`);
    await query(client, 'ROLLBACK');
    return false;
  } catch {
    return true;
  }
}

export interface News {
  /** The version of projects and keys. */
  readonly referenceVersion: string;
  /** Whether every node reads sealed states. */
  readonly isSealing: boolean;
}

export interface PrimaryOptions {
  readonly address: DatabaseAddress;
  readonly poolSize: number;
  readonly nodeId: string;
  /** Told with each heartbeat. */
  readonly onNews: (news: News) => void;
  readonly onLost: () => void;
}

/** What a connection is lent for. */
export type Purpose = 'requests' | 'audit';

export class Primary {
  readonly host: DatabaseHost;
  readonly timeline: number;
  readonly #options: PrimaryOptions;
  readonly #heart: Client;
  readonly #pool: Pool;
  /** One connection: writes that wait for each other hold all of the pool, and not the audit. */
  readonly #auditPool: Pool;
  /** Of the pools, those that are open. */
  readonly #clients = new Set<ClientBase>();
  #trustedUntil = Number.NEGATIVE_INFINITY;
  #usedFrom: number | undefined;
  #beating: Promise<void> | undefined;
  #isLost = false;
  #closing: Promise<void> | undefined;

  constructor({ host, timeline, client }: Candidate, options: PrimaryOptions) {
    this.host = host;
    this.timeline = timeline;
    this.#options = options;
    this.#heart = client;
    client.once('end', () => {
      this.#isLost = true;
      options.onLost();
    });
    this.#pool = this.#newPool(options.poolSize);
    this.#auditPool = this.#newPool(1);
  }

  #newPool(max: number): Pool {
    const pool = new Pool({
      ...clientConfig(this.#options.address, this.host),
      pipeline: true,
      connectionTimeoutMillis: poolWaitMs,
      max,
      idleTimeoutMillis: 60_000,
      verify: (made, done) => void prepare(made, done),
    });
    // The loss of an idle connection, or of one on loan, would end the process without a listener.
    pool.on('error', () => {});
    pool.on('connect', (made) => {
      made.on('error', () => {});
      made.once('end', () => this.#clients.delete(made));
      this.#clients.add(made);
    });
    return pool;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** By `performance.now()`. */
  get trustedUntil(): number {
    return this.#trustedUntil;
  }

  /** When it may be used at the earliest, by `performance.now()`; undefined before it is known. */
  get usedFrom(): number | undefined {
    return this.#usedFrom;
  }

  get isTrusted(): boolean {
    return !this.#isLost && performance.now() < this.#trustedUntil;
  }

  /** Of the pool, on loan. */
  get connectionsUsed(): number {
    return this.#pool.totalCount - this.#pool.idleCount;
  }

  /** Who waits for one of them. */
  get connectionsAwaited(): number {
    return this.#pool.waitingCount;
  }

  /**
   * A commit through the same replication as every write. Resolves once it is acknowledged, which
   * may be never; joins the one that is under way.
   */
  beat(): Promise<void> {
    this.#beating ??= this.#beatOnce().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  /** Resolves when all that is visible now is as durable as an acknowledged write. */
  async confirm(): Promise<void> {
    await this.#beating;
    await this.beat();
  }

  /** Lends a connection of the pool; one whose state is not known afterwards is not used again. */
  async use<Result>(
    deadline: number,
    work: (session: Session) => Promise<Result>,
    purpose: Purpose = 'requests',
  ): Promise<Result> {
    const client = await this.#borrow(deadline, purpose);
    try {
      const result = await work(new Session(client, deadline));
      client.release();
      return result;
    } catch (error) {
      if (error instanceof CommitLate) void error.ended.finally(() => client.release(true));
      else client.release(!(error instanceof BatonError || isConflict(error)));
      throw error;
    }
  }

  /** A connection of its own, for notifications. */
  connect(): Promise<Client> {
    return connect(this.#options.address, this.host);
  }

  /** Lets what is under way end, for a moment. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isLost = true;
    await within(Promise.all([this.#pool.end(), this.#auditPool.end()]), closeMs);
    // A commit without an answer would keep them, and the process, for as long as it gets none.
    for (const client of this.#clients) destroy(client);
    hangUp(this.#heart);
  }

  async #borrow(deadline: number, purpose: Purpose): Promise<PoolClient> {
    const lending = (purpose === 'audit' ? this.#auditPool : this.#pool).connect();
    const lent = lending.then(
      (client) => ({ client }),
      (error: unknown) => ({ error }),
    );
    const outcome = await within(lent, deadline - performance.now());
    if (outcome !== undefined && 'client' in outcome) return outcome.client;
    if (outcome === undefined) void lending.then((client) => client.release()).catch(() => {});
    throw new ConnectionLost('No connection to the database is free.', { cause: outcome?.error });
  }

  async #beatOnce(): Promise<void> {
    const startedAt = performance.now();
    try {
      const values = [this.#options.nodeId, format];
      const wasCutShort = watchForWarning(this.#heart);
      await this.#heart.query({ name: 'beat', text: beat, values }).finally(wasCutShort);
      if (wasCutShort()) throw new Error('The heartbeat did not wait for its standby.');
      if (this.#usedFrom === undefined) {
        await this.#heart.query(forgetNodes);
        this.#usedFrom = await this.#successionEnd();
      }
      const settings = await this.#readNews();
      const isSealing = settings.has('sealed_format') || (await this.#startSealing());
      if (performance.now() >= this.#usedFrom) this.#trustedUntil = startedAt + trustMs;
      this.#options.onNews({ referenceVersion: settings.get('reference_version')!, isSealing });
    } catch (error) {
      if (error instanceof DatabaseError) throw error;
      throw new ConnectionLost('The heartbeat got no answer.', { cause: error });
    }
  }

  /** Whether sealing starts now. Where another node was first, the next heartbeat reads it. */
  async #startSealing(): Promise<boolean> {
    const { rowCount } = await this.#heart.query(startSealing);
    return rowCount === 1;
  }

  async #readNews(): Promise<Map<string, string>> {
    const { rows } = await this.#heart.query<{ name: string; value: string }>(news);
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  /** When no node trusts its predecessor any more, by `performance.now()`. */
  async #successionEnd(): Promise<number> {
    if (this.timeline === 0) return Number.NEGATIVE_INFINITY;
    const ageMs = await timelineAgeMs(this.#heart, this.timeline);
    // Never longer, also where the clock of the database was set back since.
    return performance.now() + Math.min(trustMs, trustMs - ageMs);
  }
}

/** For the pool, which gives up a connection that it is told an error of. */
async function prepare(client: PoolClient, done: (error?: Error) => void): Promise<void> {
  const error = await prepareClient(client).then(
    () => undefined,
    (failure: Error) => failure,
  );
  done(error);
}
