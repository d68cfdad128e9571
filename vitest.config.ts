import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

// The tests import the sources, and run what is shipped: the built files, worker thread and all.
const root = new URL('.', import.meta.url).pathname;

export const builtFiles = [
  { find: /^(?:\.\.\/)+src\/(.*)\.js$/, replacement: `${root}dist/$1.js` },
  { find: /^(?:\.\.\/)+client\/src\/(.*)\.js$/, replacement: `${root}client/dist/$1.js` },
];

/** What has a project or a configuration of its own. */
const elsewhere = ['faults', 'ha', 'browser', 'screenshots'].map((name) => `test/${name}/**`);
/** What is about PostgreSQL alone. */
const ofPostgres = ['test/store/postgres*.test.ts', 'test/nodes/**/*.test.ts'];
/** What holds on every store, whichever it is. */
const ofEveryStore = [
  'test/http/**/*.test.ts',
  'test/model/**/*.test.ts',
  'test/backup/**/*.test.ts',
  'test/canary.test.ts',
  'test/durability.test.ts',
];

/** What asks so much of the machine at once that it needs it for itself. */
const crowds = ['test/http/wait-ends.test.ts', 'test/http/versions.test.ts'];
const crowdsOfPostgres = [...crowds, 'test/nodes/one-truth.test.ts'];

export default defineConfig({
  resolve: { alias: builtFiles },
  test: {
    // As long as anything may take on a busy machine; no test is for how long it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    // Loaded as Node loads them, not file by file through the runner.
    server: { deps: { external: [/\/dist\//] } },
    pool: 'forks',
    // One after the other in a process, which has loaded the server then: that is half of the work.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Most tests wait for sockets, disks and other processes: more of them than cores.
    maxWorkers: availableParallelism() + 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: [...elsewhere, ...ofPostgres, ...crowds],
          provide: { storeKind: 'sqlite', auditMode: 'strict' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: [...ofEveryStore, ...ofPostgres],
          exclude: crowdsOfPostgres,
          provide: { storeKind: 'postgres', auditMode: 'fast' },
          globalSetup: 'test/support/postgres-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'sqlite-crowds',
          include: crowds,
          provide: { storeKind: 'sqlite', auditMode: 'strict' },
          sequence: { groupOrder: 2 },
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres-crowds',
          include: crowdsOfPostgres,
          provide: { storeKind: 'postgres', auditMode: 'fast' },
          globalSetup: 'test/support/postgres-setup.ts',
          sequence: { groupOrder: 3 },
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          provide: { storeKind: 'sqlite', auditMode: 'fast' },
          globalSetup: 'test/support/browser-setup.ts',
          // After the others: a browser takes the cores that they were promised.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
