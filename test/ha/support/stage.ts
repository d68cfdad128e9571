// All that the test of high availability needs, up together: the cluster, the servers, their load.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logViolations } from '../../history/check-log.js';
import type { Random } from '../../support/random.js';
import { BatonNode, randomMasterKey } from './baton-node.js';
import { Cluster } from './cluster.js';
import { Load } from './load.js';
import { Network } from './network.js';
import { Log, Recorder } from './recorder.js';
import { until } from './until.js';

const nodeNames = ['b1', 'b2', 'b3'];

export class Stage {
  readonly directory: string;
  readonly network = new Network();
  readonly cluster: Cluster;
  readonly nodes: readonly BatonNode[];
  readonly random: Random;
  readonly log = new Log();
  #load: Load | undefined;
  #recorders: readonly Recorder[] = [];

  constructor(random: Random) {
    this.random = random;
    this.directory = mkdtempSync(join(tmpdir(), 'baton-ha-'));
    // The user of the database passes through it.
    chmodSync(this.directory, 0o711);
    this.cluster = new Cluster(this.network, this.directory);
    const { databaseUrl } = this.cluster;
    const place = { directory: this.directory, databaseUrl, masterKey: randomMasterKey() };
    this.nodes = nodeNames.map((name) => new BatonNode(this.network.addMachine(name), place));
  }

  async start(): Promise<void> {
    await this.cluster.start();
    const keys = await this.nodes[0]!.initialise();
    await Promise.all(this.nodes.map((node) => node.start()));
    const { account_id: account, project_id: project, write_key: apiKey } = keys;
    this.#recorders = this.nodes.map(
      (node) => new Recorder(node, { account, project, apiKey }, this.log),
    );
    this.#load = new Load(this.#recorders, this.random);
    this.#load.start();
    await this.writesBack(performance.now(), 10);
  }

  /** Seconds until every server has acknowledged a write that began after this moment. */
  async writesBack(since: number, secondsMax: number): Promise<number> {
    await until('Writes acknowledged by every server', secondsMax, () =>
      this.#recorders.every(({ acknowledgedBegan }) => acknowledgedBegan > since),
    );
    return (performance.now() - since) / 1000;
  }

  /** Ends the load and tells every promise that was broken. */
  async violations(): Promise<string[]> {
    await this.#load?.stop();
    const ofServers = this.nodes.flatMap(({ name, output, unexpectedEnds }) => [
      ...unexpectedEnds,
      ...output
        .split('\n')
        .filter((line) => /unhandled|uncaught|"level":60/i.test(line))
        .map((line) => `${name} logged: ${line}`),
    ]);
    return [...ofServers, ...logViolations(this.log.operations)];
  }

  /** Ends everything; what was logged stays where it is to be looked at. */
  async stop(isKept: boolean): Promise<void> {
    for (const node of this.nodes) await node.kill();
    await this.network.remove();
    if (!isKept) rmSync(this.directory, { recursive: true });
  }
}
