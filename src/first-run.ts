// The first start: a project, its three keys, and the curl lines that a new user pastes.

import { operatorsNote } from './audit.js';
import { type ApiKey, newKey, type Permission } from './key.js';
import { limits } from './limits.js';
import { newProject, type Project } from './project.js';
import { newSession } from './session.js';
import type { Store } from './store/store.js';

export interface FirstRun {
  readonly project: Project;
  /** The texts of the keys, to be shown once. */
  readonly keys: { readonly admin: string; readonly write: string; readonly read: string };
  readonly adminKey: ApiKey;
}

/** Makes the first project and its keys; undefined where there is a project already. */
export async function firstRun(
  store: Store,
  wanted: {
    accountSlug: string;
    projectSlug: string;
    accountId?: string;
    projectId?: string;
    region: string;
    now: () => number;
    isAudited: boolean;
  },
): Promise<FirstRun | undefined> {
  const { region, now, isAudited, ...names } = wanted;
  const project = newProject(names, region, now());
  const keyOf = (permission: Permission, isOfProject: boolean) =>
    newKey({
      name: `first ${permission} key`,
      accountId: project.accountId,
      projects: isOfProject ? [project.projectId] : null,
      permission,
      region,
      now: now(),
      expiresAt: null,
    });
  const admin = keyOf('admin', false);
  const write = keyOf('write', true);
  const read = keyOf('read', true);
  const made = await store.initialise(project, [admin.key, write.key, read.key]);
  if (!made) return undefined;
  if (isAudited) {
    const { accountId, projectId } = project;
    const keyIds = [admin, write, read].map(({ key }) => key.keyId);
    await store.appendAudit([
      operatorsNote(now(), 'project_create', { accountId, subject: projectId }),
      ...keyIds.map((subject) => operatorsNote(now(), 'key_create', { accountId, subject })),
    ]);
  }
  const keys = { admin: admin.text, write: write.text, read: read.text };
  return { project, keys, adminKey: admin.key };
}

/** Makes a link that signs in to the console with this key, once. */
export async function signInLink(
  store: Store,
  url: string,
  key: ApiKey,
  now: number,
): Promise<string> {
  const { token, session } = newSession('sign_in', key, now);
  await store.createSession(session);
  // Behind the #, which no browser sends to a server or tells another page.
  return `${url}/console#sign-in=${token}`;
}

/** What the first start prints: the keys, once, and what to do with them. */
export function firstRunText(url: string, { project, keys }: FirstRun, link: string): string {
  const minutes = limits.signInTokenSecondsMax / 60;
  const address = `${url}/v1/${project.accountSlug}/${project.projectSlug}/handoff_state`;
  return `
A first project was made. These keys are shown once, now: keep them.

  account    ${project.accountId} (${project.accountSlug})
  project    ${project.projectId} (${project.projectSlug})
  admin key  ${keys.admin}
  write key  ${keys.write}
  read key   ${keys.read}

Write a handoff state:

curl -X PUT '${address}' \\
  -H 'x-api-key: ${keys.write}' -H 'content-type: application/json' \\
  -d '{"id":"call-1","shared_id":"CA1","data":{"customer":"Ada","reason":"billing"}}'

Look it up as the contact centre does:

curl '${address}?shared_id=CA1' -H 'x-api-key: ${keys.read}'

See every handoff in the console; this link signs you in once, within ${minutes} minutes:

${link}

The calls, one by one: ${url}/docs
`;
}
