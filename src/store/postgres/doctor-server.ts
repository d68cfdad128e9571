// Examines the server process: its version, encryption, clock and notifications.

import { randomBytes } from 'node:crypto';
import { isLocal } from '../../database-hosts.js';
import { type Finding, ok, warning } from '../finding.js';
import { connect, hangUp, query } from './client.js';
import { databaseNow } from './clock.js';
import { type Examination, rowOf } from './examination.js';
import { nameOf } from './host-failure.js';
import { within } from './signal.js';
import { superuserCommand } from './superuser-command.js';

/** Major versions: older ones get no corrections from their makers any more. */
const oldestWanted = 15;
const newestTried = 18;
const clockToleranceMs = 1_000;
/** How long a notification may be under way. */
const notificationMs = 1_000;

export async function examineServer(examination: Examination): Promise<Finding[]> {
  return [
    await examineVersion(examination),
    await examineEncryption(examination),
    await examineClock(examination),
    await examineNotifications(examination),
  ];
}

async function examineVersion(examination: Examination): Promise<Finding> {
  const { version, number } = await rowOf<{ version: string; number: number }>(
    examination,
    `SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS number`,
  );
  const major = Math.floor(number / 10_000);
  if (major < oldestWanted) {
    const found = `${version}: its makers do not mend it any more, Baton wants ${oldestWanted}`;
    return warning('version', found, 'pg_upgrade --help  # or move to a newer server by a dump');
  }
  const note = major > newestTried ? ` (Baton is tested up to ${newestTried})` : '';
  return ok('version', `PostgreSQL ${version}${note}`);
}

async function examineEncryption(examination: Examination): Promise<Finding> {
  const { host, address } = examination;
  const { ssl, version } = await rowOf<{ ssl: boolean; version: string | null }>(
    examination,
    `SELECT coalesce(bool_or(ssl), false) AS ssl, max(version) AS version
     FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
  );
  const where = isLocal(host.host) ? 'on this machine' : `to ${nameOf(host)}`;
  if (ssl && (address.tls.mode !== 'require' || isLocal(host.host))) {
    return ok('encryption', `${version} ${where}`);
  }
  if (ssl) {
    const found = `${version} ${where}, whoever that is: its certificate is not checked`;
    return warning('encryption', found, verifyingCure);
  }
  if (isLocal(host.host)) return ok('encryption', `none, ${where}`);
  return warning(
    'encryption',
    `none, ${where}: states and password are readable on the way`,
    [
      superuserCommand(host, 'postgres', 'ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()'),
      verifyingCure,
    ].join(' && '),
  );
}

const verifyingCure =
  "baton doctor --database-url 'postgres://…?sslmode=verify-full&sslrootcert=ITS-AUTHORITY.pem'";

/** The difference is known as exactly as the question was short. */
async function examineClock(examination: Examination): Promise<Finding> {
  const askedAt = Date.now();
  const { now } = await rowOf<{ now: number }>(examination, `SELECT ${databaseNow} AS now`);
  const answeredAt = Date.now();
  const earlyMs = Math.max(0, now - answeredAt);
  const lateMs = Math.max(0, askedAt - now);
  const boundMs = answeredAt - askedAt;
  if (earlyMs + lateMs <= clockToleranceMs) {
    return ok('clock', `within ${Math.max(1, earlyMs + lateMs + boundMs)} ms of the database's`);
  }
  const seconds = ((earlyMs + lateMs) / 1_000).toFixed(1);
  return warning(
    'clock',
    `this machine is ${seconds} s ${earlyMs > 0 ? 'behind' : 'ahead of'} the database`,
    'timedatectl set-ntp true  # here and there',
  );
}

/** From one connection to another, as between two nodes. */
async function examineNotifications(examination: Examination): Promise<Finding> {
  const { address, host, session } = examination;
  const channel = `baton_doctor_${randomBytes(6).toString('hex')}`;
  const listener = await connect(address, host);
  try {
    const notified = new Promise((resolve) => listener.once('notification', () => resolve(true)));
    await query(listener, `LISTEN ${channel}`);
    const startedAt = performance.now();
    // A notification is a commit: where that waits for a standby, it would say nothing else.
    await session.simple('SET synchronous_commit = off');
    await session.simple(`SELECT pg_notify('${channel}', '')`);
    if (await within(notified, notificationMs)) {
      return ok('notifications', `in ${Math.ceil(performance.now() - startedAt)} ms`);
    }
    return noNotifications(examination, 'none arrives');
  } catch (error) {
    return noNotifications(examination, (error as Error).message);
  } finally {
    hangUp(listener);
  }
}

function noNotifications({ host }: Examination, found: string): Finding {
  return warning(
    'notifications',
    `${found}: readers that wait look again once a second only`,
    `baton doctor --database-url postgres://…  # past the pooler, if ${nameOf(host)} is one`,
  );
}
