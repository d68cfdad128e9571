// What a backup holds of a store: the one list of tables and columns, the same for every store.

/**
 * How the values of a column stand in a backup. `wrapped` is a key that a master key has wrapped;
 * it, `bytes` and whatever a store keeps as bytes are base64 there. A `setting` is text, or wrapped.
 */
export type ValueKind = 'text' | 'number' | 'bytes' | 'wrapped' | 'sealed' | 'setting';

export interface BackupTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, ValueKind>>;
  /** As SQL; left out: every row. */
  readonly where?: string;
}

/** Settings that belong to what is stored: what a restored store cannot be opened without. */
export const settingKinds: Readonly<Record<string, 'text' | 'wrapped'>> = {
  region: 'text',
  name_hash_key: 'wrapped',
  audit_key: 'wrapped',
  receipt_signing_key: 'wrapped',
  audit_purged: 'text',
};

/**
 * What tells of those at work, processes and people, and not of what is stored, and what lives a day
 * at most: a one-time link that was used would open again. No backup holds it.
 */
export const leftOut = {
  settings: ['opened_at', 'reference_version', 'sealed_format', 'timeline'],
  tables: ['node', 'schema_migration', 'event', 'console_session', 'link'],
  columns: ['handoff_state.write_id', 'handoff_alias.previous_id', 'tombstone.write_id'],
};

export const settingTable: BackupTable = {
  name: 'setting',
  columns: { name: 'text', value: 'setting' },
  where: `name NOT IN ('${leftOut.settings.join("', '")}')`,
};

/** A new table or column of a migration goes here, or to what is left out: a test asks for it. */
export const backupTables: readonly BackupTable[] = [
  settingTable,
  {
    name: 'project',
    columns: {
      tenant: 'text',
      account_id: 'text',
      account_slug: 'text',
      project_id: 'text',
      project_slug: 'text',
      region: 'text',
      retention_seconds: 'number',
      pickup_deadline_seconds: 'number',
      sensitive_fields: 'text',
      sensitive_last_four: 'number',
      created_at: 'number',
    },
  },
  {
    name: 'api_key',
    columns: {
      key_id: 'text',
      name: 'text',
      account_id: 'text',
      projects: 'text',
      permission: 'text',
      view: 'text',
      region: 'text',
      secret_hash: 'bytes',
      created_at: 'number',
      expires_at: 'number',
      revoked_at: 'number',
      last_used_at: 'number',
      successor_id: 'text',
    },
  },
  {
    name: 'data_key',
    columns: {
      tenant: 'text',
      number: 'number',
      wrapped: 'wrapped',
      seals: 'number',
      created_at: 'number',
    },
  },
  {
    name: 'handoff_state',
    columns: {
      tenant: 'text',
      id: 'text',
      shared_id: 'text',
      aliases: 'text',
      version: 'number',
      written_at: 'number',
      updated_at: 'number',
      expires_at: 'number',
      picked_up_at: 'number',
      due_at: 'number',
      missed_at: 'number',
      sealed: 'sealed',
    },
  },
  {
    name: 'handoff_alias',
    columns: { tenant: 'text', alias: 'text', id: 'text' },
  },
  {
    name: 'tombstone',
    columns: {
      tenant: 'text',
      name_hash: 'text',
      id_hash: 'text',
      cause: 'text',
      version: 'number',
      written_at: 'number',
      updated_at: 'number',
      expires_at: 'number',
      picked_up_at: 'number',
      ended_at: 'number',
      due_at: 'number',
    },
  },
  {
    name: 'resultless_look_up',
    columns: {
      tenant: 'text',
      look_up_id: 'text',
      name_hash: 'text',
      key_id: 'text',
      at: 'number',
      cause: 'text',
    },
  },
  {
    name: 'event_counter',
    columns: { tenant: 'text', seq: 'number' },
  },
  {
    name: 'past_name',
    columns: { tenant: 'text', name_hash: 'text', id: 'text' },
  },
  {
    name: 'receipt',
    columns: {
      tenant: 'text',
      receipt_id: 'text',
      record: 'text',
      erased_at: 'number',
      receipt: 'text',
    },
  },
  {
    name: 'ended_project',
    columns: {
      tenant: 'text',
      account_id: 'text',
      project_id: 'text',
      receipt_id: 'text',
      erased_at: 'number',
      receipt: 'text',
      emptied_at: 'number',
    },
  },
  {
    name: 'audit_block',
    columns: {
      tenant: 'text',
      chain: 'text',
      seq: 'number',
      first_at: 'number',
      last_at: 'number',
      mac: 'text',
      entries: 'text',
    },
  },
  {
    name: 'audit_chain',
    columns: {
      chain: 'text',
      first_seq: 'number',
      before_mac: 'text',
      seq: 'number',
      mac: 'text',
      at: 'number',
      witnessed_seq: 'number',
      seal: 'text',
    },
  },
];
