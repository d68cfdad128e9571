// Opens the store for one command, beside a server that may hold it, and closes it again.

import type { Config } from '../config.js';
import { BatonError } from '../error.js';
import { limits } from '../limits.js';
import type { Project } from '../project.js';
import { openStore } from '../store/open.js';
import type { Page, PageRequest, Store } from '../store/store.js';
import type { Terminal } from './terminal.js';

export async function withStore<Result>(
  config: Config,
  terminal: Terminal,
  work: (store: Store) => Promise<Result>,
  { create = false } = {},
): Promise<Result> {
  let failure: string | undefined;
  const store = await openStore(config, {
    role: 'tool',
    create,
    onWarning: (message) => terminal.tell(`warning: ${message}`),
    onFatal: (reason) => {
      failure = reason;
    },
  });
  try {
    return await work(store);
  } catch (error) {
    if (failure === undefined) throw error;
    throw new Error(`The store has failed: ${failure}`, { cause: error });
  } finally {
    await store.close();
  }
}

/** The account's id, or `not_found`. */
export async function accountIdOf(store: Store, account: string): Promise<string> {
  const accountId = await store.findAccount(account);
  if (accountId !== undefined) return accountId;
  throw new BatonError(
    'not_found',
    '--account: this store has no such account; check it, or make it with `baton project create`.',
  );
}

/** The project, or `not_found`. */
export async function projectAt(store: Store, account: string, project: string): Promise<Project> {
  const found = await store.findProject(account, project);
  if (found !== undefined) return found;
  await accountIdOf(store, account);
  throw new BatonError(
    'not_found',
    '--project: this account has no such project; see `baton project list`.',
  );
}

/** Every item of all the pages. */
export async function allPages<Item>(
  page: (request: PageRequest) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let after: PageRequest['after'] = null;
  do {
    const { items: more, next }: Page<Item> = await page({ limit: limits.listItemsMax, after });
    items.push(...more);
    after = next;
  } while (after !== null);
  return items;
}
