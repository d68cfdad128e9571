// Fails every test of faults, in one sentence, where root or strace is missing.

import { spawnSync } from 'node:child_process';

if (process.getuid?.() !== 0) {
  throw new Error(
    'The tests of faults need root, to mount a small disk and to trace the server; ' +
      'run `sudo npm run test:faults` on Linux.',
  );
}
if (spawnSync('strace', ['--version']).status !== 0) {
  throw new Error(
    'The tests of faults need strace, to record and to break system calls; ' +
      'get it with `apt-get install strace`.',
  );
}
