// `baton master-key rotate`: wraps every key that the store keeps by a new master key, while serving.

import type { Config } from '../config.js';
import { BatonError } from '../error.js';
import { addMasterKey, masterKeyFileOf } from '../master-key-source.js';
import type { Store } from '../store/store.js';
import { addConfiguredCommand, addGroup, type Branch } from './command.js';
import { withStore } from './open-store.js';
import { toggle } from './option.js';
import { printJson, type Terminal } from './terminal.js';

export function addMasterKeyCommands(branch: Branch): void {
  const masterKey = addGroup(branch, 'master-key', 'the key that wraps the keys of projects');
  addConfiguredCommand(
    masterKey,
    {
      name: 'rotate',
      summary: 'wrap the keys of projects by a new master key',
      notes:
        'A key file gets a new first line, unless its first key wraps nothing yet; servers go on.\n' +
        'The old lines stay, and may be removed afterwards.\n' +
        'With a database, and with keys from the environment or a command: put a new key before the\n' +
        'old one on every node, restart where it is no file, then rotate.',
      options: { json: toggle('print JSON') },
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const rewrapped = await rotate(config, terminal);
      if (values.json) printJson(terminal, { rewrapped });
      else terminal.print(`Keys wrapped by the new master key: ${rewrapped}.`);
    },
  );
}

async function rotate(config: Config, terminal: Terminal): Promise<number> {
  const rewrapped = await withStore(config, terminal, (store) => rewrapAll(store, terminal));
  if (rewrapped > 0) return rewrapped;

  const file = masterKeyFileOf(config);
  if (file === undefined) {
    throw new Error(
      'Every key is wrapped by the current master key already; put a new one before it in ' +
        'BATON_MASTER_KEY, or what BATON_MASTER_KEY_COMMAND prints, and rotate again.',
    );
  }
  if (config.databaseUrl !== null) {
    throw new Error(
      `Every key is wrapped by the current master key already; put a new one before it in ${file} ` +
        'on every node, and rotate again.',
    );
  }
  addMasterKey(file);
  return withStore(config, terminal, (store) => rewrapAll(store, terminal));
}

async function rewrapAll(store: Store, terminal: Terminal): Promise<number> {
  let all = 0;
  for (;;) {
    const left = await untilFree(() => store.rewrapKeys());
    all = Math.max(all, left);
    terminal.progress('wrapping keys', all - left, all);
    if (left === 0) return all;
  }
}

const triesMax = 10;

/** Again where the writes of a busy server were in the way. */
async function untilFree(work: () => Promise<number>): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof BatonError && error.code === 'unavailable';
      if (!isBusy || tries === triesMax) throw error;
    }
  }
}
