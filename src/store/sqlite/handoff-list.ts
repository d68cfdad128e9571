// Lists of handoffs, on the main thread: whatever is asked for, read along an index made for it.

import type { ListedHandoff } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import { hidesNames } from '../../project.js';
import { stateColumns } from '../handoff-rows.js';
import {
  endCauses,
  type ListedRow,
  listedOf,
  partsOfStatus,
  type StatusPart,
  statusSql,
} from '../listed-rows.js';
import type { HandoffFilter, Page, PageRequest } from '../store.js';
import { shownHash, storedName } from '../stored-states.js';
import { type Connection, prepare, type Statement } from './database.js';

type ListStatement = Statement<[Record<string, string | number>], ListedRow>;

export class HandoffList {
  readonly #db: Connection;
  readonly #hashName: HashName;
  /** By their text, of which there is one for each combination of filters. */
  readonly #statements = new Map<string, ListStatement>();

  constructor(db: Connection, hashName: HashName) {
    this.#db = db;
    this.#hashName = hashName;
  }

  list(tenant: string, filter: HandoffFilter, page: PageRequest, now: number): Page<ListedHandoff> {
    const before = startOf(filter, page);
    const isHiding = hidesNames(tenant);
    const rows = this.#statement(listSql(filter, isHiding)).all({
      tenant,
      now,
      limit: page.limit + 1,
      from: filter.from ?? Number.MIN_SAFE_INTEGER,
      before_at: before.at,
      before_id: before.id,
      ...this.#parametersOfId(tenant, filter.id),
      ...this.#parametersOfSharedId(tenant, filter.sharedId),
    });
    const items = rows.slice(0, page.limit).map((row) => listedOf(row, isHiding));
    const last = items.at(-1);
    const next =
      rows.length > page.limit && last !== undefined ? { at: last.writtenAt, id: last.id } : null;
    return { items, next };
  }

  #statement(sql: string): ListStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made: ListStatement = prepare(this.#db, sql);
    this.#statements.set(sql, made);
    return made;
  }

  /** An ended or hidden state is found by its id and by what the list shows of it. */
  #parametersOfId(tenant: string, id: string | undefined): Record<string, string> {
    if (id === undefined) return {};
    const hash = this.#hashName(tenant, { kind: 'id', value: id });
    const shown = id.startsWith(shownHash) ? id.slice(shownHash.length) : hash;
    const hashes = { id_hash: hash, id_shown: shown };
    return hidesNames(tenant) ? hashes : { id, ...hashes };
  }

  #parametersOfSharedId(tenant: string, shared: string | undefined): Record<string, string> {
    if (shared === undefined) return {};
    const name = { kind: 'shared_id', value: shared } as const;
    const stored = storedName(this.#hashName, tenant, name);
    return { shared: stored, shared_hash: this.#hashName(tenant, name) };
  }
}

/** The place that the lines come after, as one bound, so that an index leads straight to it. */
function startOf(filter: HandoffFilter, { after }: PageRequest): { at: number; id: string } {
  const to = filter.to ?? Number.MAX_SAFE_INTEGER;
  return after !== null && after.at < to ? after : { at: to, id: '' };
}

/** Live, expired and erased states, newest first, each read along its own index and merged. */
function listSql(filter: HandoffFilter, isHiding: boolean): string {
  const { status } = filter;
  const parts = endCauses
    .filter((cause) => status === undefined || status === cause)
    .map((cause) => endedSql(cause, filter));
  if (status === undefined) parts.unshift(liveSql(filter, isHiding));
  else if (status !== 'erased') {
    for (const part of partsOfStatus(status, '@now'))
      parts.unshift(liveSql(filter, isHiding, part));
  }
  return `
    SELECT * FROM (
      ${parts.map((part) => `SELECT * FROM (${part})`).join(' UNION ALL ')}
    ) ORDER BY written_at DESC, id DESC LIMIT @limit`;
}

function liveSql({ id, sharedId }: HandoffFilter, isHiding: boolean, part?: StatusPart): string {
  // SQLite cannot know that few states have a status, and would read them all by time.
  const isByStatus = part !== undefined && id === undefined && sharedId === undefined;
  const shownIdSql = isHiding ? `'${shownHash}' || id` : 'id';
  return `
    SELECT ${stateColumns.replace('id,', `${shownIdSql} AS id,`)},
           ${statusSql('@now')} AS status
    FROM handoff_state ${isByStatus ? `INDEXED BY ${part.index}` : ''}
    WHERE tenant = @tenant
      AND written_at >= @from AND (written_at, ${shownIdSql}) < (@before_at, @before_id)
      ${part === undefined ? '' : `AND ${part.where}`}
      ${id === undefined ? '' : `AND ${isHiding ? 'id IN (@id_hash, @id_shown)' : 'id = @id'}`}
      ${sharedId === undefined ? '' : `AND id = (${ownerSql})`}
    ORDER BY written_at DESC, handoff_state.id DESC LIMIT @limit`;
}

const ownerSql = 'SELECT a.id FROM handoff_alias a WHERE a.tenant = @tenant AND a.alias = @shared';

function endedSql(cause: (typeof endCauses)[number], { id, sharedId }: HandoffFilter): string {
  // The plus keeps SQLite from the indexes that have the order but not the name.
  const isByName = id !== undefined || sharedId !== undefined;
  const [column, time] = isByName ? ['+cause', '+written_at'] : ['cause', 'written_at'];
  return `
    SELECT '${shownHash}' || name_hash AS id, NULL AS shared_id, '[]' AS aliases, version,
           written_at, updated_at, expires_at, picked_up_at, due_at, NULL AS missed_at,
           cause AS status
    FROM tombstone
    WHERE tenant = @tenant AND ${column} = '${cause}' AND name_hash = id_hash
      AND ${time} >= @from
      AND (${time}, '${shownHash}' || name_hash) < (@before_at, @before_id)
      ${id === undefined ? '' : 'AND name_hash IN (@id_hash, @id_shown)'}
      ${sharedId === undefined ? '' : `AND (name_hash, written_at, ended_at) = (${endingSql})`}
    ORDER BY ${time} DESC, name_hash DESC LIMIT @limit`;
}

/** The times too: since then a state of the same id may have ended without that name. */
const endingSql = `
  SELECT named.id_hash, named.written_at, named.ended_at FROM tombstone AS named
  WHERE named.tenant = @tenant AND named.name_hash = @shared_hash`;
