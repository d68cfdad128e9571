// A process that opens a store when it is told to, migrating it where it must, and closes it.

import { once } from 'node:events';
import { openStore } from '../../dist/store/open.js';

const told = once(process, 'message');
process.send('ready');
const [config] = await told;
const store = await openStore(config, { role: 'server', create: true });
await store.close();
process.send('opened');
process.disconnect();
