// Looks for what can be wrong with a PostgreSQL store, servers running on it or not.

import { parseDatabaseUrl } from '../../database-url.js';
import { type Finding, problem } from '../finding.js';
import type { StoreConfig } from '../open.js';
import type { OnProgress } from '../record-examination.js';
import { hangUp } from './client.js';
import { examineConnections } from './doctor-connections.js';
import { examineHosts } from './doctor-hosts.js';
import { examineRole } from './doctor-role.js';
import { examineServer } from './doctor-server.js';
import { examineSettings } from './doctor-settings.js';
import { examineContents } from './doctor-store.js';
import type { Examination } from './examination.js';
import { nameOf } from './host-failure.js';
import { Session } from './session.js';

/** How long the primary has to answer all questions, in milliseconds. */
const examinationMs = 8_000;

const parts = [
  examineServer,
  examineSettings,
  examineConnections,
  examineRole,
  examineContents,
] as const;

/** Every check of the store that the URL names, those that went well included. */
export async function examinePostgres(
  config: StoreConfig & { databaseUrl: string },
  onProgress: OnProgress,
): Promise<Finding[]> {
  const address = parseDatabaseUrl(config.databaseUrl);
  const { findings, primary } = await examineHosts(address);
  if (primary === undefined) return findings;

  const { client, host } = primary;
  const session = new Session(client, performance.now() + examinationMs);
  const examination: Examination = { address, config, host, session, onProgress };
  try {
    for (const examine of parts) findings.push(...(await examine(examination)));
  } catch (error) {
    const { message } = error as Error;
    const found = `${nameOf(host)} gave no answer: ${message}`;
    findings.push(problem('examination', found, 'baton doctor  # once more'));
  } finally {
    hangUp(client);
  }
  return findings;
}
