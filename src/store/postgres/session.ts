// A connection as statements see it: prepared by name, each bounded in time, failures told apart.

import { type ClientBase, DatabaseError, type QueryResult } from 'pg';
import { destroy, streamOf } from './client.js';
import { type Answer, type Asked, DriverQuery } from './driver-query.js';
import { ConnectionLost } from './failure.js';

/** A prepared statement with the types of what it takes and of the rows it gives. */
export interface Statement<Values extends unknown[], Row> {
  readonly name: string;
  readonly text: string;
  /** Only for the compiler. */
  readonly types?: (values: Values) => Row;
}

/** `name` must be its alone: a connection keeps the statement under it. */
export function statement<Values extends unknown[], Row = never>(
  name: string,
  text: string,
): Statement<Values, Row> {
  return { name, text };
}

const timeStepMs = 100;

/**
 * Its connection may send a statement before the one before it is answered. What does so must await
 * all of them: where one fails, the others of its transaction do.
 */
export class Session {
  readonly client: ClientBase;
  /** When the time for an answer is up, by `performance.now()`. */
  readonly deadline: number;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #isGathering = false;

  constructor(client: ClientBase, deadline: number) {
    this.client = client;
    this.deadline = deadline;
  }

  async all<Values extends unknown[], Row>(
    { name, text }: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row[]> {
    const { rows } = await this.#ask({ name, text, values });
    return rows as Row[];
  }

  /** Each row as a list of its columns, since making an object of it costs as much as reading it. */
  async lists<Values extends unknown[], Row extends readonly unknown[]>(
    { name, text }: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row[]> {
    const { rows } = await this.#ask({ name, text, values, givesLists: true });
    return rows as Row[];
  }

  async first<Values extends unknown[], Row>(
    prepared: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row | undefined> {
    const rows = await this.all(prepared, ...values);
    return rows[0];
  }

  /** How many rows it wrote. */
  async run<Values extends unknown[]>(
    { name, text }: Statement<Values, unknown>,
    ...values: Values
  ): Promise<number> {
    const { count } = await this.#ask({ name, text, values });
    return count;
  }

  /** The rows of one or several statements without values, which are not prepared. */
  async rowsOf<Row>(text: string): Promise<Row[]> {
    const { rows } = await this.#ask({ text });
    return rows as Row[];
  }

  /** Text without values: one or several statements in one exchange. */
  async simple<Row>(text: string): Promise<QueryResult<Row & object>[]> {
    const bounded = { text, query_timeout: stepsUntil(this.deadline) };
    try {
      const results: unknown = await this.client.query(bounded);
      return (Array.isArray(results) ? results : [results]) as QueryResult<Row & object>[];
    } catch (error) {
      throw toldOf(error);
    }
  }

  async #ask(asked: Asked): Promise<Answer> {
    this.#gather();
    this.#timer ??= setTimeout(() => destroy(this.client), stepsUntil(this.deadline));
    this.#underWay += 1;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.client.query(
          new DriverQuery(asked, (error, answer) =>
            error === null ? resolve(answer) : reject(error),
          ),
        );
      });
    } catch (error) {
      throw toldOf(error);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) {
        clearTimeout(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  /** What is asked in one go is sent in one go: each send wakes the server. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const stream = streamOf(this.client);
    stream.cork();
    queueMicrotask(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }
}

/** In steps, since each other number of milliseconds costs a list of timers. */
function stepsUntil(deadline: number): number {
  return Math.max(1, Math.ceil((deadline - performance.now()) / timeStepMs)) * timeStepMs;
}

function toldOf(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) {
    return new ConnectionLost('No answer came from the database.', { cause: error });
  }
  // The way to the statement, instead of that of the bytes of the answer.
  Error.captureStackTrace(error, toldOf);
  return error;
}
