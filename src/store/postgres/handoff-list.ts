// Lists of handoffs: whatever is asked for, read along an index made for it.

import type { ListedHandoff } from '../../handoff.js';
import type { HashName } from '../../name-hash.js';
import { hidesNames } from '../../project.js';
import { stateColumns } from '../handoff-rows.js';
import { endCauses, type ListedRow, listedOf, partsOfStatus, statusSql } from '../listed-rows.js';
import type { HandoffFilter, Page, PageRequest } from '../store.js';
import { shownHash, storedName } from '../stored-states.js';
import { statementNow } from './clock.js';
import { type Session, statement } from './session.js';
import type { Clock } from './write.js';

/** Values of the statement, added as its text asks for them. */
class Values {
  readonly all: unknown[] = [];

  /** The place of a value in the text. */
  add(value: unknown): string {
    this.all.push(value);
    return `$${this.all.length}`;
  }
}

export async function listHandoffs(
  session: Session,
  hashName: HashName,
  clock: Clock,
  request: { tenant: string; filter: HandoffFilter; page: PageRequest },
): Promise<Page<ListedHandoff>> {
  const { tenant, filter, page } = request;
  const values = new Values();
  const text = listText({ hashName, tenant, filter, page, values, now: clock?.() ?? null });
  // One name for each combination of filters: its text is the same each time.
  const asked = Object.keys(filter).filter((name) => filter[name as keyof HandoffFilter] != null);
  const isHiding = hidesNames(tenant);
  const kind = isHiding ? 'hashes' : 'names';
  const name = ['list', kind, ...asked.toSorted(), filter.status ?? ''].join('_');
  const rows = await session.all(statement<unknown[], ListedRow>(name, text), ...values.all);
  const items = rows.slice(0, page.limit).map((row) => listedOf(row, isHiding));
  const last = items.at(-1);
  const next =
    rows.length > page.limit && last !== undefined ? { at: last.writtenAt, id: last.id } : null;
  return { items, next };
}

interface Parts {
  readonly hashName: HashName;
  readonly tenant: string;
  readonly filter: HandoffFilter;
  readonly page: PageRequest;
  readonly values: Values;
  readonly now: number | null;
}

/** Live, expired and erased states, newest first, each read along its own index and merged. */
function listText(parts: Parts): string {
  const { filter, page, values, tenant, now } = parts;
  const { status } = filter;
  const before = startOf(filter, page);
  const places = {
    tenant: `${values.add(tenant)}::text`,
    from: `${values.add(filter.from ?? Number.MIN_SAFE_INTEGER)}::bigint`,
    before: `(${values.add(before.at)}::bigint, ${values.add(before.id)}::text)`,
    limit: `${values.add(page.limit + 1)}::bigint`,
    // What has ended does not ask for it, and a value that nobody asks for has no type.
    now: status === 'erased' ? '' : `coalesce(${values.add(now)}::bigint, ${statementNow})`,
  };
  const selects = endCauses
    .filter((cause) => status === undefined || status === cause)
    .map((cause) => endedText(cause, parts, places));
  if (status === undefined) selects.unshift(liveText(parts, places));
  else if (status !== 'erased') {
    for (const { where } of partsOfStatus(status, places.now)) {
      selects.unshift(liveText(parts, places, where));
    }
  }
  return `SELECT * FROM (${selects.map((select) => `(${select})`).join(' UNION ALL ')}) listed
    ORDER BY written_at DESC, id COLLATE "C" DESC LIMIT ${places.limit}`;
}

type Places = Record<'tenant' | 'from' | 'before' | 'limit' | 'now', string>;

/** The place that the lines come after, as one bound, so that an index leads straight to it. */
function startOf(filter: HandoffFilter, { after }: PageRequest): { at: number; id: string } {
  const to = filter.to ?? Number.MAX_SAFE_INTEGER;
  return after !== null && after.at < to ? after : { at: to, id: '' };
}

function liveText(
  { hashName, tenant, filter, values }: Parts,
  places: Places,
  where?: string,
): string {
  const { id, sharedId } = filter;
  const isHiding = hidesNames(tenant);
  const shownId = isHiding ? `'${shownHash}' || id` : 'id';
  const owner = `SELECT a.id FROM handoff_alias a WHERE a.tenant = ${places.tenant}`;
  return `
    SELECT ${stateColumns.replace('id,', `${shownId} AS id,`)}, 
      ${statusSql(places.now)} AS status
    FROM handoff_state
    WHERE tenant = ${places.tenant}
      AND written_at >= ${places.from} AND (written_at, ${shownId}) < ${places.before}
      ${where === undefined ? '' : `AND ${where}`}
      ${id === undefined ? '' : `AND id = ANY (${values.add(idsOf(id))})`}
      ${sharedId === undefined ? '' : `AND id = (${owner} AND a.alias = ${aliasOf(sharedId)})`}
    ORDER BY written_at DESC, handoff_state.id DESC LIMIT ${places.limit}`;

  function idsOf(value: string): string[] {
    return isHiding ? hashesOf(hashName, tenant, value) : [value];
  }

  function aliasOf(value: string): string {
    return values.add(storedName(hashName, tenant, { kind: 'shared_id', value }));
  }
}

function endedText(cause: (typeof endCauses)[number], parts: Parts, places: Places): string {
  const { hashName, tenant, filter, values } = parts;
  return `
    SELECT '${shownHash}' || name_hash AS id, NULL AS shared_id, '[]' AS aliases, version,
           written_at, updated_at, expires_at, picked_up_at, due_at, NULL::bigint AS missed_at,
           cause AS status
    FROM tombstone
    WHERE tenant = ${places.tenant} AND cause = '${cause}' AND name_hash = id_hash
      AND written_at >= ${places.from}
      AND (written_at, '${shownHash}' || name_hash) < ${places.before}
      ${filter.id === undefined ? '' : `AND name_hash = ANY (${values.add(hashesOf(hashName, tenant, filter.id))})`}
      ${filter.sharedId === undefined ? '' : `AND (name_hash, written_at, ended_at) = ${ending()}`}
    ORDER BY written_at DESC, name_hash DESC LIMIT ${places.limit}`;

  /** The times too: since then a state of the same id may have ended without that name. */
  function ending(): string {
    const hash = hashName(tenant, { kind: 'shared_id', value: filter.sharedId! });
    return `(SELECT named.id_hash, named.written_at, named.ended_at FROM tombstone AS named
      WHERE named.tenant = ${places.tenant} AND named.name_hash = ${values.add(hash)})`;
  }
}

/** An ended or hidden state is found by its id and by what the list shows of it. */
function hashesOf(hashName: HashName, tenant: string, id: string): string[] {
  const hash = hashName(tenant, { kind: 'id', value: id });
  return id.startsWith(shownHash) ? [hash, id.slice(shownHash.length)] : [hash];
}
