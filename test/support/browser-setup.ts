// Starts the one Chromium that all tests of the project `browser` share, and ends it after them.

import type { TestProject } from 'vitest/node';
import { startChromium } from './chromium.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the shared Chromium is reached; only in the project `browser`. */
    browserAddress: string;
  }
}

export default async function startSharedChromium(
  project: TestProject,
): Promise<() => Promise<void>> {
  const started = await startChromium();
  project.provide('browserAddress', started.address);
  return () => started.remove();
}
