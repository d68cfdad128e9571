// What each part of the contract test starts from: an open store, a clock that stands still, and
// projects of its own.

import { afterAll, beforeAll, expect } from 'vitest';
import type { ErrorCode } from '../../../src/error.js';
import type { HandoffName, HandoffWrite } from '../../../src/handoff.js';
import type { NewProject, Project } from '../../../src/project.js';
import type { Store } from '../../../src/store/store.js';
import { TestClock } from '../../support/server.js';
import type { StorePlace } from '../../support/store-place.js';

/** Makes a place with nothing in it. */
export type MakeStorePlace = () => Promise<StorePlace>;

export class Setting {
  readonly clock = new TestClock();
  place!: StorePlace;
  store!: Store;
  /** What its projects are asked to be. */
  readonly #wanted: Partial<NewProject>;
  #projects = 0;

  constructor(wanted: Partial<NewProject>) {
    this.#wanted = wanted;
    this.clock.stopAt(Date.UTC(2030, 0, 1));
  }

  get now(): number {
    return this.clock.now();
  }

  /** A project in an account of its own, with a retention of one hour. */
  newProject(wanted: Partial<NewProject> = {}): Promise<Project> {
    this.#projects += 1;
    const slug = `project-${this.#projects}`;
    return this.store.createProject({
      projectSlug: slug,
      retentionSeconds: 3_600,
      ...this.#wanted,
      ...wanted,
    });
  }

  /** The body that a name finds, or why it finds none. */
  async look(project: Project, name: HandoffName): Promise<string> {
    const { found, missing } = await this.store.lookUp(project.tenant, name);
    return found === undefined ? missing : found.body;
  }

  /**
   * What a list shows as aliases: of hidden names, a hash for each; of others, the first so many,
   * which are the aliases.
   */
  listed(names: readonly string[], aliases: number): unknown[] {
    if (!this.#wanted.hashIds) return names.slice(0, aliases);
    return names.map(() => expect.stringMatching(/^hash:/));
  }

  async purgeAll(): Promise<number> {
    let all = 0;
    for (;;) {
      const count = await this.store.purge();
      if (count === 0) return all;
      all += count;
    }
  }
}

/** Opens a store for the tests of the block that it is called in. */
export function useStore(makePlace: MakeStorePlace, projects: Partial<NewProject> = {}): Setting {
  const setting = new Setting(projects);
  beforeAll(async () => {
    setting.place = await makePlace();
    setting.store = await setting.place.open('server', setting.clock.now);
  });
  afterAll(async () => {
    await setting.store.close();
    await setting.place.remove();
  });
  return setting;
}

export function byId(value: string): HandoffName {
  return { kind: 'id', value };
}

export function bySharedId(value: string): HandoffName {
  return { kind: 'shared_id', value };
}

export function writeOf(id: string, more: Partial<HandoffWrite> = {}): HandoffWrite {
  return { id, sharedId: null, aliases: [], dataText: '{}', ttlSeconds: null, ...more };
}

export async function expectRefusal(write: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(write).rejects.toMatchObject({ name: 'BatonError', code });
}
