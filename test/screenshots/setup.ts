// Starts the Chromium of the screenshots: with the machine's fonts, as most viewers have them.

import type { TestProject } from 'vitest/node';
import { startChromium } from '../support/chromium.js';

export default async function startSharedChromium(
  project: TestProject,
): Promise<() => Promise<void>> {
  const started = await startChromium({ machineFonts: true });
  project.provide('browserAddress', started.address);
  return () => started.remove();
}
