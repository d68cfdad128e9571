import { defineConfig } from 'vitest/config';
import { builtFiles } from './vitest.config.js';

// The faults that need root and strace: minutes, not seconds.
export default defineConfig({
  resolve: { alias: builtFiles },
  test: {
    provide: { storeKind: 'sqlite', auditMode: 'fast' },
    include: ['test/faults/**/*.test.ts'],
    setupFiles: ['test/faults/support/require-root-and-strace.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
