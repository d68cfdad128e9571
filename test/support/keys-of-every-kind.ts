// A key of every kind that a request can come with: none, wrong, ended, of elsewhere, and good ones.

import { newKey, newKeyText, type Permission, permissions } from '../../src/key.js';
import { openStore } from '../../src/store/open.js';
import type { View } from '../../src/view.js';
import { admin, madeKey, madeProject } from './admin-calls.js';
import { guessedKey } from './other-keys.js';
import type { TestServer } from './server.js';

export interface KeyOfAKind {
  readonly what: string;
  /** Undefined: none is sent. */
  readonly text: string | undefined;
  /** `wrong`: nobody's key; `ended or elsewhere`: somebody's, but of no use here. */
  readonly standing: 'wrong' | 'ended or elsewhere' | 'good';
  readonly permission: Permission;
  readonly reach: 'the project' | 'the account' | 'another project' | 'another account';
  readonly view: View;
}

const good = { standing: 'good', reach: 'the project', view: 'full' } as const;
const admins = { permission: 'admin', view: 'full' } as const;

/** Of the server's first project; one that it holds is called `of demo`. */
export async function keysOfEveryKind(server: TestServer): Promise<KeyOfAKind[]> {
  await madeKey(server, { permission: 'read', name: 'of demo', projects: ['demo'] });
  return [
    ...wrongKeys(server),
    ...(await endedKeys(server)),
    ...(await keysOfElsewhere(server)),
    ...(await goodKeys(server)),
  ];
}

function wrongKeys({ keys }: TestServer): KeyOfAKind[] {
  const wrong = { ...good, ...admins, standing: 'wrong' } as const;
  const last = keys.admin.endsWith('0') ? '1' : '0';
  return [
    { ...wrong, what: 'no key', text: undefined },
    { ...wrong, what: 'a malformed key', text: 'not-a-key' },
    { ...wrong, what: 'a bad checksum', text: keys.admin.slice(0, -1) + last },
    { ...wrong, what: 'an unknown key', text: newKeyText('us-1').text },
    { ...wrong, what: 'a wrong secret for a known id', text: guessedKey(keys.admin) },
  ];
}

async function endedKeys(server: TestServer): Promise<KeyOfAKind[]> {
  const ended = { ...good, ...admins, standing: 'ended or elsewhere' } as const;
  const revoked = await madeKey(server, { permission: 'admin' });
  await admin(server, 'DELETE', `keys/${revoked.keyId}`);
  const expired = await storedKey(server, server.accountId, server.clock.now() - 1);
  return [
    { ...ended, what: 'a revoked key', text: revoked.text },
    { ...ended, what: 'an expired key', text: expired },
    { ...ended, what: 'a key of another region', text: newKeyText('euw-1').text },
  ];
}

async function keysOfElsewhere(server: TestServer): Promise<KeyOfAKind[]> {
  await madeProject(server, 'other');
  const ofOther = await madeKey(server, { permission: 'admin', projects: ['other'] });
  const accountId = await madeAccount(server);
  return [
    { ...good, ...admins, what: 'another project', reach: 'another project', text: ofOther.text },
    {
      ...good,
      ...admins,
      what: 'another account',
      reach: 'another account',
      text: await storedKey(server, accountId, null),
    },
  ];
}

async function goodKeys(server: TestServer): Promise<KeyOfAKind[]> {
  const full = permissions.map(async (permission) => {
    const { text } = await madeKey(server, { permission, projects: ['demo'] });
    return { ...good, what: `the permission ${permission}`, text, permission };
  });
  const views: View[] = ['masked', { allow: ['/step'] }];
  const partial = views.map(async (view) => {
    const { text } = await madeKey(server, { permission: 'read', projects: ['demo'], view });
    return { ...good, what: `the view ${JSON.stringify(view)}`, text, permission: 'read', view };
  });
  const all = await Promise.all([...full, ...partial]);
  const text = server.keys.admin;
  const wide = {
    ...good,
    ...admins,
    what: 'the whole account',
    reach: 'the account',
    text,
  } as const;
  return [...(all as KeyOfAKind[]), wide];
}

/** Another account is made on the command line only, so here by its store. */
async function madeAccount(server: TestServer): Promise<string> {
  const tool = await openStore(server.config, { role: 'tool' });
  const { accountId } = await tool.createProject({ accountSlug: 'acme', projectSlug: 'demo' });
  await tool.close();
  return accountId;
}

/** An admin key of a whole account, as no key of this server could make it. */
async function storedKey(
  server: TestServer,
  accountId: string,
  expiresAt: number | null,
): Promise<string> {
  const tool = await openStore(server.config, { role: 'tool' });
  const { text, key } = newKey({
    name: null,
    accountId,
    projects: null,
    permission: 'admin',
    region: 'us-1',
    now: server.clock.now(),
    expiresAt,
  });
  await tool.createKey(key);
  await tool.close();
  return text;
}
