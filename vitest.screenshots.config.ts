import { defineConfig } from 'vitest/config';
import { builtFiles } from './vitest.config.js';

// `npm run screenshots`: pictures of every page, for the README and to be looked at.
export default defineConfig({
  resolve: { alias: builtFiles },
  test: {
    include: ['test/screenshots/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    provide: { storeKind: 'sqlite', auditMode: 'fast' },
    globalSetup: 'test/screenshots/setup.ts',
  },
});
