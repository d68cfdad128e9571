import { defineConfig } from 'vitest/config';

// The tests import the sources, and run what is shipped: the built files, worker thread and all.
const root = new URL('.', import.meta.url).pathname;

export const builtFiles = [
  { find: /^(?:\.\.\/)+src\/(.*)\.js$/, replacement: `${root}dist/$1.js` },
  { find: /^(?:\.\.\/)+client\/src\/(.*)\.js$/, replacement: `${root}client/dist/$1.js` },
];

export default defineConfig({
  resolve: { alias: builtFiles },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Most tests wait for sockets, disks and other processes: more of them than cores.
    maxWorkers: 4,
  },
});
