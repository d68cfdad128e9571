// Asks every host of the URL whether it answers, and which of them is the primary.

import type { DatabaseAddress } from '../../database-url.js';
import { type Finding, ok, problem, warning } from '../finding.js';
import { type DatabaseHost, hangUp, query } from './client.js';
import { ConnectionLost, sqlState } from './failure.js';
import { askHost, type Candidate } from './find-primary.js';
import { hostFailure, nameOf } from './host-failure.js';
import { within } from './signal.js';

/** How long a host has for all that is asked of it, in milliseconds. */
const hostMs = 2_000;

type Asked = Candidate & { isPrimary: boolean };

/** `primary` holds an open connection, which is the caller's. */
export async function examineHosts(
  address: DatabaseAddress,
): Promise<{ findings: Finding[]; primary?: Candidate }> {
  const answers = await Promise.allSettled(address.hosts.map((host) => ask(address, host)));
  const asked = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const primary = asked
    .filter(({ isPrimary }) => isPrimary)
    .toSorted((one, other) => other.timeline - one.timeline)[0];

  const findings = answers.map((answer, index) =>
    answer.status === 'fulfilled'
      ? judge(answer.value, primary)
      : tellFailure(answer.reason, address, address.hosts[index]!, primary !== undefined),
  );
  for (const { client } of asked) if (client !== primary?.client) hangUp(client);
  if (primary !== undefined) return { findings, primary };
  if (asked.length > 0) findings.push(noPrimary);
  return { findings };
}

const noPrimary = problem(
  'primary',
  'no host that answers is one: nothing can be read or written',
  'baton doctor --database-url postgres://USER:PASSWORD@EVERY,HOST,OF,THE,CLUSTER/DATABASE',
);

async function ask(address: DatabaseAddress, host: DatabaseHost): Promise<Asked> {
  const limited = { ...address, connectMs: Math.min(address.connectMs, hostMs) };
  const asking = askHost(limited, host).then(async (asked) =>
    asked.isPrimary ? asked : { ...asked, timeline: await standbyTimeline(asked) },
  );
  const asked = await within(asking, hostMs);
  if (asked !== undefined) return asked;
  void asking.then(({ client }) => hangUp(client)).catch(() => {});
  throw new ConnectionLost('timeout');
}

/** As far as it has followed; 0 where the engine does not tell. */
async function standbyTimeline({ client }: Asked): Promise<number> {
  try {
    const [row] = await query<{ timeline: number }>(
      client,
      `SELECT greatest(timeline_id, min_recovery_end_timeline) AS timeline
       FROM pg_control_checkpoint(), pg_control_recovery()`,
    );
    return row!.timeline;
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    return 0;
  }
}

function judge(asked: Asked, primary: Candidate | undefined): Finding {
  const check = `host ${nameOf(asked.host)}`;
  const timeline = asked.timeline === 0 ? '' : `, timeline ${asked.timeline}`;
  if (!asked.isPrimary) return ok(check, `standby${timeline}`);
  if (asked.client === primary?.client) return ok(check, `primary${timeline}`);
  const other = `${nameOf(primary!.host)} on ${primary!.timeline}`;
  return problem(
    check,
    `takes itself for the primary${timeline}, as does ${other}`,
    'pg_ctl stop -D DATA-DIRECTORY  # there; then let it follow the other with pg_rewind',
  );
}

/** While another host is the primary the store works: then one that is away is a warning. */
function tellFailure(
  error: unknown,
  address: DatabaseAddress,
  host: DatabaseHost,
  hasPrimary: boolean,
): Finding {
  const { found, command } = hostFailure(error, address, host);
  return (hasPrimary ? warning : problem)(`host ${nameOf(host)}`, found, command);
}
