// A connection as statements see it: prepared by name, each bounded in time, failures told apart.

import {
  type ClientBase,
  DatabaseError,
  type QueryArrayConfig,
  type QueryConfig,
  type QueryResult,
} from 'pg';
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

  constructor(client: ClientBase, deadline: number) {
    this.client = client;
    this.deadline = deadline;
  }

  async all<Values extends unknown[], Row>(
    { name, text }: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row[]> {
    const result = await this.#query<Row>({ name, text, values });
    return result.rows;
  }

  /** Each row as a list of its columns, since making an object of it costs as much as reading it. */
  async lists<Values extends unknown[], Row extends readonly unknown[]>(
    { name, text }: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row[]> {
    const result = await this.#query<Row>({ name, text, values, rowMode: 'array' });
    return result.rows;
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
    const result = await this.#query({ name, text, values });
    return result.rowCount ?? 0;
  }

  /** Text without values: one or several statements in one exchange. */
  async simple<Row>(text: string): Promise<QueryResult<Row & object>[]> {
    const results = (await this.#query({ text })) as unknown;
    return (Array.isArray(results) ? results : [results]) as QueryResult<Row & object>[];
  }

  async #query<Row>(
    query: QueryConfig<unknown[]> | QueryArrayConfig<unknown[]>,
  ): Promise<QueryResult<Row & object>> {
    // In steps, since each other number of milliseconds costs a list of timers.
    const steps = Math.ceil((this.deadline - performance.now()) / timeStepMs);
    const bounded = { ...query, query_timeout: Math.max(1, steps) * timeStepMs };
    try {
      return await this.client.query<Row & object>(bounded);
    } catch (error) {
      if (error instanceof DatabaseError) throw error;
      throw new ConnectionLost('No answer came from the database.', { cause: error });
    }
  }
}
