// What the parts of an examination of a PostgreSQL store work with.

import type { DatabaseAddress } from '../../database-url.js';
import type { StoreConfig } from '../open.js';
import type { OnProgress } from '../record-examination.js';
import type { DatabaseHost } from './client.js';
import type { Session } from './session.js';
import { quoted, superuserCommand } from './superuser-command.js';

export interface Examination {
  readonly address: DatabaseAddress;
  readonly config: StoreConfig;
  /** The primary. */
  readonly host: DatabaseHost;
  readonly session: Session;
  readonly onProgress: OnProgress;
}

/** The rows of one statement. */
export async function rowsOf<Row>({ session }: Examination, statement: string): Promise<Row[]> {
  const [result] = await session.simple<Row>(statement);
  return result!.rows;
}

/** The only row of a statement that gives one. */
export async function rowOf<Row>(examination: Examination, statement: string): Promise<Row> {
  const [row] = await rowsOf<Row>(examination, statement);
  return row!;
}

/** A cure for the whole server, which it takes over from its file at once. */
export function serverSettingCure({ host }: Examination, name: string, value: string): string {
  const set = `ALTER SYSTEM SET ${name} = ${value}`;
  return superuserCommand(host, 'postgres', set, 'SELECT pg_reload_conf()');
}

/** A cure for this role in this database, which wins over what is set for either. */
export function roleSettingCure(
  { address, host }: Examination,
  name: string,
  value: string,
): string {
  const { user, database } = address;
  const place = `ROLE ${quoted(user)} IN DATABASE ${quoted(database)}`;
  return superuserCommand(host, 'postgres', `ALTER ${place} SET ${name} = ${value}`);
}
