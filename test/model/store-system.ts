// A store as one of the systems that the steps are done to.

import { BatonError } from '../../src/error.js';
import { type Answer, missingError } from '../../src/handoff.js';
import type { Project } from '../../src/project.js';
import type { HandoffFilter, PageRequest, Store } from '../../src/store/store.js';
import {
  type Listed,
  listedOf,
  pageItems,
  type Refused,
  type Seen,
  type System,
} from './system.js';

export function storeSystem(store: Store, project: Project): System {
  return {
    async put(write, conditions) {
      return refusal(async () => {
        const { created, answer } = await store.put(project, write, conditions);
        return { created, ...seen(answer) };
      });
    },
    patch: (name, patch, conditions) =>
      refusal(async () => seen(await store.patch(project, name, patch, conditions))),
    erase: (name, conditions) =>
      refusal(async () => {
        const { id, erasedAt } = await store.erase(project, name, conditions);
        return { id, erasedAt };
      }),
    async lookUp(name) {
      const { found, missing } = await store.lookUp(project.tenant, name);
      return found === undefined ? { error: missingError(missing).code } : seen(found);
    },
    async list(filter: HandoffFilter) {
      const lines: Listed[] = [];
      let after: PageRequest['after'] = null;
      do {
        const { items, next } = await store.list(project, filter, { limit: pageItems, after });
        lines.push(...items.map(listedOf));
        after = next;
      } while (after !== null);
      return lines;
    },
    async purge() {
      while ((await store.purge()) > 0);
    },
  };
}

async function refusal<Result>(call: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof BatonError) return { error: error.code };
    throw error;
  }
}

function seen({ body, etag, lastModified, sunset }: Answer): Seen {
  return { body, etag, lastModified, sunset };
}
