// Starts the one PostgreSQL that all tests of the project `postgres` share, and ends it after them.

import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres-server.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Which store the tests of a project run on. */
    storeKind: 'sqlite' | 'postgres';
    auditMode: 'fast' | 'strict';
    /** The superuser's connection; only in the project `postgres`. */
    postgresAdminUrl: string;
  }
}

export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const server = await PostgresServer.start();
  project.provide('postgresAdminUrl', server.adminUrl);
  return () => server.remove();
}
