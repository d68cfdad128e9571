// Cuts the power at every acknowledgement of a recorded run and opens what is left each time.

import { rmSync } from 'node:fs';
import { openStore } from '../../../src/store/open.js';
import type { Store } from '../../../src/store/store.js';
import { testConfig } from '../../support/test-config.js';
import {
  brokenPromises,
  type Find,
  foundIn,
  isErasedLater,
  nothingPromised,
  type Promised,
} from './acknowledged-writes.js';
import { integrityOf } from './integrity.js';
import { RecordedDisk } from './recorded-disk.js';
import { type SystemCall, systemCalls } from './strace-log.js';

export interface Replay {
  /** How often the power was cut: once an acknowledgement of an id that begins `replayed`. */
  readonly crashes: number;
  /** How often the WAL was moved into the database file between the first crash and the last. */
  readonly checkpoints: number;
  /** What was lost at which crash, in words. */
  readonly broken: string[];
}

export async function replayPowerLoss(run: {
  dataDir: string;
  logFile: string;
  /** Whether the disk has a change all the same that was not synced. */
  survives: () => boolean;
}): Promise<Replay> {
  const disk = new RecordedDisk(run.dataDir);
  const crashDir = `${run.dataDir}-after-crash`;
  const promised = nothingPromised();
  const broken: string[] = [];
  let crashes = 0;
  let syncsBefore = 0;

  for await (const call of systemCalls(run.logFile)) {
    disk.record(call);
    const id = noteAcknowledged(call, promised);
    if (id === undefined || !id.startsWith('replayed')) continue;

    if (crashes === 0) syncsBefore = disk.syncsOf('baton.db');
    crashes++;
    disk.restore(crashDir, run.survives);
    const lost = await brokenAfterCrash(crashDir, promised);
    broken.push(...lost.map((words) => `crash ${crashes}: ${words}`));
  }
  rmSync(crashDir, { recursive: true, force: true });
  return { crashes, checkpoints: disk.syncsOf('baton.db') - syncsBefore, broken };
}

/** The id of the write that this call acknowledges, if it does; it counts as soon as it begins. */
function noteAcknowledged(call: SystemCall, promised: Promised): string | undefined {
  if (!call.open.startsWith('socket:') || call.moment === 'end') return undefined;
  const answer = Buffer.concat(call.texts).toString();
  if (!/^HTTP\/1\.1 20[01] /.test(answer)) return undefined;
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as {
    id: string;
    erased_at?: string;
    data?: unknown;
  };

  if (body.erased_at !== undefined) promised.erased.add(body.id);
  else {
    // The record does not show when an erasure was asked for: it may have been at any moment.
    const { number } = foundIn(body.data);
    if (!isErasedLater(number)) promised.written.set(body.id, number);
  }
  return body.id;
}

async function brokenAfterCrash(dataDir: string, promised: Promised): Promise<string[]> {
  let store: Store | undefined;
  try {
    store = await openStore(testConfig({ dataDir }), { role: 'server' });
    const project = await store.findProject('demo', 'demo');
    if (project === undefined) return ['the project is lost'];
    const broken = await brokenPromises(promised, findInStore(store, project.tenant));
    const integrity = integrityOf(dataDir);
    return integrity === 'ok' ? broken : [...broken, integrity];
  } catch (error) {
    return [`the store does not open: ${String(error)}`];
  } finally {
    await store?.close();
  }
}

function findInStore(store: Store, tenant: string): Find {
  return async (kind, value) => {
    const { found } = await store.lookUp(tenant, { kind, value });
    if (found === undefined) return undefined;
    return foundIn((JSON.parse(found.body) as { data: unknown }).data);
  };
}
