// Fails the tests of high availability, in one sentence, where this machine lacks what they need.

import { existsSync } from 'node:fs';
import { postgresPrograms } from './postgres-programs.js';

const needed = [
  { file: `${postgresPrograms}/postgres`, packageName: 'postgresql-15' },
  { file: '/usr/bin/patroni', packageName: 'patroni' },
  { file: '/usr/bin/etcd', packageName: 'etcd-server' },
  { file: '/usr/sbin/ip', packageName: 'iproute2' },
];

if (process.getuid?.() !== 0) {
  throw new Error(
    'The tests of high availability need root, to give each server a network of its own; ' +
      'run `sudo npm run test:ha` on Linux.',
  );
}
const missing = needed
  .filter(({ file }) => !existsSync(file))
  .map(({ packageName }) => packageName);
if (missing.length > 0) {
  throw new Error(
    `The tests of high availability lack the Debian packages ${missing.join(', ')}; ` +
      `get them with \`apt-get install ${missing.join(' ')}\`.`,
  );
}
