// A PostgreSQL store that `doctor` examines: sound, in a database and on a server of its own.

import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Config } from '../../src/config.js';
import type { Finding } from '../../src/store/finding.js';
import { examineStore } from '../../src/store/open.js';
import { OwnPostgres } from './own-postgres.js';
import { asSuperuser, dropDatabase, newDatabase, query } from './postgres-database.js';
import { PostgresPlace } from './store-place.js';

export class ExaminedStore {
  postgres!: OwnPostgres;
  place!: PostgresPlace;

  get databaseUrl(): string {
    return this.place.config.databaseUrl!;
  }

  get databaseName(): string {
    return new URL(this.databaseUrl).pathname.slice(1);
  }

  get port(): number {
    return this.postgres.server.port;
  }

  /** With one project. */
  async make(): Promise<void> {
    const databaseUrl = await newDatabase(this.postgres.server.adminUrl);
    this.place = new PostgresPlace({ databaseUrl });
    const store = await this.place.open();
    await store.createProject({ projectSlug: 'support' });
    await store.close();
  }

  drop(): Promise<void> {
    return dropDatabase(this.postgres.server.adminUrl, this.databaseUrl);
  }

  examine(changes: Partial<Config> = {}): Promise<Finding[]> {
    return examineStore({ ...this.place.config, ...changes });
  }

  async finding(check: string, changes: Partial<Config> = {}): Promise<Finding> {
    const findings = await this.examine(changes);
    const found = findings.find((one) => one.check === check);
    if (found === undefined) expect.fail(`no ${check} in ${JSON.stringify(findings)}`);
    return found;
  }

  /** The only finding that is not well. */
  async theFinding(changes: Partial<Config> = {}): Promise<Finding> {
    const found = await this.#wrong(changes);
    expect(found).toHaveLength(1);
    return found[0]!;
  }

  /** Runs the cure of what is wrong, after which nothing is. */
  async isMendedBy(cure: string): Promise<void> {
    await this.postgres.shell(cure);
    await this.postgres.reload();
    expect(await this.#wrong({})).toEqual([]);
  }

  urlWith(change: (url: URL) => void): string {
    const url = new URL(this.databaseUrl);
    change(url);
    return url.href;
  }

  /** Statements of the superuser in its database. */
  async run(...statements: string[]): Promise<void> {
    const url = asSuperuser(this.postgres.server.adminUrl, this.databaseUrl);
    for (const statement of statements) await query(url, statement);
  }

  /**
   * From here on the database answers with what is defined in the schema `fake` in place of what
   * PostgreSQL has of the same name: some of it cannot be changed on a server that runs.
   */
  async answersWith(...definitions: string[]): Promise<void> {
    await this.run('CREATE SCHEMA fake', 'GRANT USAGE ON SCHEMA fake TO baton');
    await this.run(...definitions, 'GRANT SELECT ON ALL TABLES IN SCHEMA fake TO baton');
    const path = 'public, fake, pg_catalog';
    await this.run(`ALTER DATABASE ${this.databaseName} SET search_path = ${path}`);
  }

  async #wrong(changes: Partial<Config>): Promise<Finding[]> {
    return (await this.examine(changes)).filter(({ status }) => status !== 'ok');
  }
}

/** A server for the tests of a file, and a new store for each of them. */
export function useExaminedStore(): ExaminedStore {
  const examined = new ExaminedStore();
  beforeAll(async () => {
    examined.postgres = await OwnPostgres.start();
  });
  afterAll(() => examined.postgres.remove());
  beforeEach(() => examined.make());
  afterEach(() => examined.drop());
  return examined;
}
