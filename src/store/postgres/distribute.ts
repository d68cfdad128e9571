// Spreads the tables over the workers of a Citus cluster: handoffs by tenant, the rest everywhere.

import type { Session } from './session.js';

export const tablesEverywhere = [
  'setting',
  'node',
  'project',
  'api_key',
  'audit_chain',
  'ended_project',
  'console_session',
];
/** All by the same column, so that what belongs to a tenant stands on one worker. */
export const tablesByTenant = [
  'handoff_state',
  'handoff_alias',
  'tombstone',
  'data_key',
  'audit_block',
  'past_name',
  'receipt',
  'link',
  'resultless_look_up',
  'event_counter',
  'event',
];

/** The tables that it distributed; those that are distributed already stay as they are. */
export async function distribute(session: Session): Promise<string[]> {
  const [extension] = await session.simple("SELECT 1 FROM pg_extension WHERE extname = 'citus'");
  if (extension!.rows.length === 0) {
    throw new Error(
      'This database has no citus extension; run `CREATE EXTENSION citus` on every node of the ' +
        'cluster first, or leave --distribute out.',
    );
  }
  const [known] = await session.simple<{ name: string }>(
    'SELECT logicalrelid::text AS name FROM pg_dist_partition',
  );
  const names = new Set(known!.rows.map(({ name }) => name));
  const distributed: string[] = [];
  for (const table of tablesEverywhere.filter((name) => !names.has(name))) {
    await session.simple(`SELECT create_reference_table('${table}')`);
    distributed.push(table);
  }
  for (const table of tablesByTenant.filter((name) => !names.has(name))) {
    const together = table === tablesByTenant[0] ? '' : `, colocate_with => '${tablesByTenant[0]}'`;
    await session.simple(`SELECT create_distributed_table('${table}', 'tenant'${together})`);
    distributed.push(table);
  }
  return distributed;
}
