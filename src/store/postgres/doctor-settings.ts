// Examines the settings that decide whether what is acknowledged is kept.

import { type Finding, ok, problem, warning } from '../finding.js';
import {
  type Examination,
  roleSettingCure,
  rowOf,
  rowsOf,
  serverSettingCure,
} from './examination.js';
import { superuserCommand } from './superuser-command.js';

interface Rule {
  readonly name: string;
  readonly wanted: readonly string[];
  readonly severity: typeof problem;
  /** What follows from any other value. */
  readonly consequence: string;
  cure(examination: Examination): string;
}

const rules: readonly Rule[] = [
  {
    name: 'fsync',
    wanted: ['on'],
    severity: problem,
    consequence: 'a power failure damages the database',
    cure: (examination) => serverSettingCure(examination, 'fsync', 'on'),
  },
  {
    name: 'full_page_writes',
    wanted: ['on'],
    severity: warning,
    consequence: 'a power failure damages it, unless its file system never tears a page',
    cure: (examination) => serverSettingCure(examination, 'full_page_writes', 'on'),
  },
  {
    name: 'synchronous_commit',
    wanted: ['on', 'remote_apply'],
    severity: warning,
    consequence: 'Baton sets it to on for itself, other programs may lose what they wrote',
    cure: (examination) => roleSettingCure(examination, 'synchronous_commit', 'on'),
  },
  {
    name: 'data_checksums',
    wanted: ['on'],
    severity: warning,
    consequence: 'damage on its disk is not noticed',
    cure: () => 'pg_checksums --enable -D DATA-DIRECTORY  # there, with PostgreSQL stopped',
  },
  {
    name: 'autovacuum',
    wanted: ['on'],
    severity: warning,
    consequence: 'what is replaced and purged keeps its room, and look-ups become slow',
    cure: (examination) => serverSettingCure(examination, 'autovacuum', 'on'),
  },
  {
    name: 'default_transaction_read_only',
    wanted: ['off'],
    severity: problem,
    consequence: 'nothing can be written',
    cure: (examination) => roleSettingCure(examination, 'default_transaction_read_only', 'off'),
  },
  {
    name: 'server_encoding',
    wanted: ['UTF8'],
    severity: problem,
    consequence: 'it cannot keep every text',
    cure: ({ address, host }) =>
      `createdb -h ${host.host} -p ${host.port} -U postgres -T template0 -E UTF8 ` +
      `-O ${address.user} NEW-NAME  # and name it in --database-url`,
  },
];

/** Settings that an engine does not have are passed over. */
export async function examineSettings(examination: Examination): Promise<Finding[]> {
  // As role and database have them: the connection itself has set some to what it needs.
  const rows = await rowsOf<{ name: string; value: string }>(
    examination,
    'SELECT name, reset_val AS value FROM pg_settings',
  );
  const settings = new Map(rows.map(({ name, value }) => [name, value]));
  const findings = rules
    .filter(({ name }) => settings.has(name))
    .map((rule) => judge(rule, settings.get(rule.name)!, examination));
  const names = settings.get('synchronous_standby_names');
  if (names !== undefined) findings.push(await examineStandbys(names, examination));
  return findings;
}

function judge(rule: Rule, value: string, examination: Examination): Finding {
  if (rule.wanted.includes(value)) return ok(rule.name, value);
  return rule.severity(rule.name, `${value}: ${rule.consequence}`, rule.cure(examination));
}

/** Several hosts, or a standby that follows, say that the loss of a machine is reckoned with. */
async function examineStandbys(names: string, examination: Examination): Promise<Finding> {
  const check = 'synchronous_standby_names';
  const { host, address } = examination;
  const { count } = await rowOf<{ count: number }>(
    examination,
    'SELECT count(*) AS count FROM pg_stat_replication',
  );
  if (count === 0 && (names !== '' || address.hosts.length > 1)) {
    // Named before there is one, every write would wait for it.
    const look = `${superuserCommand(host, 'postgres', 'TABLE pg_stat_replication')} # bring it up`;
    return names === ''
      ? warning(check, 'none, and no standby follows: all stands on one machine', look)
      : problem(check, `${names}, and no standby follows: every write waits`, look);
  }
  if (names !== '') return ok(check, names);
  if (count === 0) return ok(check, 'none, and no standby');
  return warning(
    check,
    'none: what was acknowledged last is lost with the primary',
    `${serverSettingCure(examination, check, "'ANY 1 (*)'")}  # under Patroni: patronictl ` +
      'edit-config -s synchronous_mode=true -s synchronous_mode_strict=true',
  );
}
