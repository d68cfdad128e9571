// A statement under way on a connection of the driver, read with less work than the driver's own
// way takes: the columns of a prepared statement are told once a connection, not each time.

import { type Connection, Query } from 'pg';
import { typeParserOf } from './client.js';

export interface Answer {
  readonly rows: unknown[];
  /** How many rows were written, or given. */
  readonly count: number;
}

export interface Asked {
  /** Of a prepared statement. */
  readonly name?: string;
  readonly text: string;
  /** Left out: one or several statements, and the rows of all of them. */
  readonly values?: unknown[];
  /** Whether each row is given as a list of its columns. */
  readonly givesLists?: boolean;
}

/** What the driver sets of a query, and calls as the messages of the server come in. */
interface OfDriver {
  name: string | undefined;
  values: unknown[] | undefined;
  callback: (error: Error | null, answer: Answer) => void;
  submit(connection: Connection): void;
  prepare(connection: Connection): void;
}
/** The class that the driver asks for where it sends a query before the one before is answered. */
const OfDriver = Query as unknown as new (text: string) => OfDriver;

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

/** The columns of a row, as text. */
type Fields = readonly (string | null)[];

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** What is known of a connection. */
interface Known {
  /** Of the statements that it has prepared and run. */
  readonly columns: Map<string, readonly Column[]>;
  /** The same connection, which does not ask for columns. */
  readonly asking: Connection;
}
const known = new WeakMap<Connection, Known>();

export class DriverQuery extends OfDriver {
  readonly #givesLists: boolean;
  readonly #rows: Fields[] = [];
  #count = 0;
  #columns: readonly Column[] = [];
  /** Where the columns are noted. */
  #toNote: Known | undefined;

  constructor(asked: Asked, onEnd: OfDriver['callback']) {
    super(asked.text);
    this.name = asked.name;
    this.values = asked.values;
    this.#givesLists = asked.givesLists ?? false;
    this.callback = onEnd;
  }

  override prepare(connection: Connection): void {
    const ofConnection = knownOf(connection);
    const columns = ofConnection.columns.get(this.name ?? '');
    if (columns === undefined) {
      this.#toNote = ofConnection;
      super.prepare(connection);
    } else {
      this.#columns = columns;
      super.prepare(ofConnection.asking);
    }
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#columns = fields.map(({ name, dataTypeID }) => {
      return { name, read: typeParserOf(dataTypeID) };
    });
  }

  handleDataRow({ fields }: { readonly fields: Fields }): void {
    this.#rows.push(fields);
  }

  /** Such as `INSERT 0 1`, or `BEGIN`. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = Number(text.slice(text.lastIndexOf(' ') + 1)) || 0;
  }

  handleReadyForQuery(): void {
    if (this.name !== undefined) this.#toNote?.columns.set(this.name, this.#columns);
    const read = this.#givesLists ? listOf : objectOf;
    const rows: unknown[] = [];
    try {
      for (const fields of this.#rows) rows.push(read(this.#columns, fields));
    } catch (error) {
      this.callback(error as Error, nothing);
      return;
    }
    this.callback(null, { rows, count: this.#count });
  }
}

const nothing: Answer = { rows: [], count: 0 };

function listOf(columns: readonly Column[], fields: Fields): unknown[] {
  return fields.map((text, at) => (text === null ? null : columns[at]!.read(text)));
}

function objectOf(columns: readonly Column[], fields: Fields): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < fields.length; at++) {
    const { name, read } = columns[at]!;
    const text = fields[at]!;
    row[name] = text === null ? null : read(text);
  }
  return row;
}

function knownOf(connection: Connection): Known {
  const before = known.get(connection);
  if (before !== undefined) return before;
  const asking: Connection = Object.create(connection, { describe: { value: () => {} } });
  const made = { columns: new Map<string, readonly Column[]>(), asking };
  known.set(connection, made);
  return made;
}
