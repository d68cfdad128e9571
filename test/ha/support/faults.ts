// What may happen to the servers and their database, one thing or two at a time.

import { setTimeout as pause } from 'node:timers/promises';
import type { BatonNode } from './baton-node.js';
import type { Machine } from './machine.js';
import type { Stage } from './stage.js';

/** Longer than the primary's lock lives, so that another takes over within it. */
const longMs = 30_000;
/** How often all connections are ended, and how long commits pile up before that. */
const connectionEnds = 5;
const commitsWaitMs = 300;

export interface Fault {
  readonly name: string;
  /**
   * Brings it about, and resolves when writes must come back by themselves. What it resolves with
   * is called when they are back, and mends what is still broken.
   */
  bring(stage: Stage): Promise<(() => Promise<void>) | void>;
}

export const faults: readonly Fault[] = [
  {
    name: 'the primary is killed',
    async bring({ cluster }) {
      const { primary } = await cluster.whole();
      await primary.machine.kill();
      return async () => primary.start();
    },
  },
  {
    name: 'the synchronous standby is killed',
    async bring({ cluster }) {
      const { synchronous } = await cluster.whole();
      await synchronous.machine.kill();
      return async () => synchronous.start();
    },
  },
  {
    name: 'etcd is killed and away for 30 s',
    async bring({ cluster }) {
      await cluster.etcd.machine.kill();
      await pause(longMs);
      cluster.etcd.start();
    },
  },
  {
    name: 'PostgreSQL of the primary is stopped for 30 s',
    async bring({ cluster }) {
      const { primary } = await cluster.whole();
      primary.stopPostgres();
      const over = pause(longMs);
      return async () => {
        await over;
        primary.resume();
      };
    },
  },
  {
    name: 'the machine of the primary stands still until it has a successor, then goes on',
    async bring({ cluster }) {
      const { primary } = await cluster.whole();
      primary.stopAll();
      const over = pause(longMs);
      return async () => {
        await cluster.successorOf(primary);
        await over;
        primary.resume();
      };
    },
  },
  {
    name: 'the primary is cut off from all but one Baton server',
    async bring(stage) {
      const { primary } = await stage.cluster.whole();
      return cutOff(stage, primary.machine, [anyNode(stage).machine]);
    },
  },
  {
    name: 'Patroni of the primary hangs, and a Baton server reaches no other member',
    async bring(stage) {
      const { cluster } = stage;
      const { primary, synchronous, others } = await cluster.whole();
      const { machine } = anyNode(stage);
      const standbys = [synchronous, ...others];
      primary.stopPatroni();
      for (const standby of standbys) machine.cut(standby.machine);
      await cluster.successorOf(primary);
      // The others write to the successor; the old primary goes on to answer this one.
      await pause(longMs / 3);
      for (const standby of standbys) machine.mend(standby.machine);
      return async () => primary.resume();
    },
  },
  {
    name: 'the primary is cut off from all',
    async bring(stage) {
      const { primary } = await stage.cluster.whole();
      return cutOff(stage, primary.machine, []);
    },
  },
  {
    name: 'a Baton server is cut off from the primary for 15 s',
    async bring(stage) {
      const { primary } = await stage.cluster.whole();
      const { machine } = anyNode(stage);
      machine.cut(primary.machine);
      await pause(longMs / 2);
      machine.mend(primary.machine);
    },
  },
  {
    name: 'a Baton server is killed',
    async bring(stage) {
      const node = anyNode(stage);
      await node.kill();
      await node.start();
    },
  },
  {
    name: 'the primary is switched over as planned',
    bring: ({ cluster }) => cluster.switchOver(),
  },
  {
    name: 'all connections to the database are ended, while commits wait for the standby',
    async bring({ cluster }) {
      const { synchronous } = await cluster.whole();
      for (let time = 1; time <= connectionEnds; time++) {
        synchronous.stopPostgres();
        await pause(commitsWaitMs);
        if ((await cluster.endConnections()) === 0) throw new Error('No connection was there.');
        synchronous.resume();
        await pause(commitsWaitMs);
      }
    },
  },
  {
    name: 'PostgreSQL of the primary is restarted',
    bring: ({ cluster }) => cluster.restartPrimary(),
  },
  {
    name: 'the synchronous standby and a Baton server are killed',
    async bring(stage) {
      const { synchronous } = await stage.cluster.whole();
      const node = anyNode(stage);
      await Promise.all([synchronous.machine.kill(), node.kill()]);
      await node.start();
      return async () => synchronous.start();
    },
  },
  {
    name: 'the primary is killed while the other standby stands still',
    async bring({ cluster }) {
      const { primary, others } = await cluster.whole();
      const [other] = others;
      other!.stopAll();
      await primary.machine.kill();
      await cluster.successorOf(primary);
      other!.resume();
      return async () => primary.start();
    },
  },
  {
    name: 'the primary and a Baton server are killed',
    async bring(stage) {
      const { primary } = await stage.cluster.whole();
      const node = anyNode(stage);
      await Promise.all([primary.machine.kill(), node.kill()]);
      const starting = node.start();
      starting.catch(() => {});
      return async () => {
        await starting;
        primary.start();
      };
    },
  },
];

/** Cuts a machine off from all others but some, for as long as its successor takes, and longer. */
function cutOff(stage: Stage, machine: Machine, but: readonly Machine[]) {
  const { cluster, nodes } = stage;
  const others = [cluster.etcd, ...cluster.members, ...nodes]
    .map((place) => place.machine)
    .filter((other) => other !== machine && !but.includes(other));
  for (const other of others) machine.cut(other);
  const over = pause(longMs);
  return async () => {
    await over;
    for (const other of others) machine.mend(other);
  };
}

function anyNode({ nodes, random }: Stage): BatonNode {
  return nodes[random.below(nodes.length)]!;
}
