// The order of test files: those that take longest begin first, so that none is waited for alone.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that would be begun near the end. One that is missing here is only begun later. */
const longFiles = [
  'test/store/sqlite-bit-flips.test.ts',
  'test/model/sequences.test.ts',
  'test/durability.test.ts',
  'test/backup/contract.test.ts',
  'test/cli/serve.test.ts',
  'test/store/sqlite.test.ts',
  'test/browser/console-accessible.test.ts',
  'test/browser/pop-waiting.test.ts',
  'test/browser/console-keyboard-settings.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- no array's: it gives a new one
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}

/** Files of later groups of projects are run later whatever their place is. */
function place({ moduleId }: TestSpecification): number {
  const found = longFiles.findIndex((file) => moduleId.endsWith(file));
  return found === -1 ? longFiles.length : found;
}
