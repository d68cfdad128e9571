import { defineConfig } from 'vitest/config';
import { builtFiles } from './vitest.config.js';

// PostgreSQL under Patroni, three servers and what may happen to them: a quarter of an hour.
export default defineConfig({
  resolve: { alias: builtFiles },
  test: {
    include: ['test/ha/**/*.test.ts'],
    setupFiles: ['test/ha/support/require-packages.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
