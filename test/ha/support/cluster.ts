// Three PostgreSQL servers under Patroni, with synchronous replication in its strict mode.

import { Client, type QueryResult } from 'pg';
import { Etcd } from './etcd.js';
import { Member } from './member.js';
import { passwords } from './member-config.js';
import type { Network } from './network.js';
import { until } from './until.js';

const startSecondsMax = 90;
const wholeSecondsMax = 150;
const askMsMax = 2_000;

interface Role {
  readonly name: string;
  readonly role: 'leader' | 'sync_standby' | 'replica';
  readonly state: string;
  readonly timeline?: number;
}

/** Which member is what; `others` are standbys that no commit waits for. */
export interface Roles {
  readonly primary: Member;
  readonly synchronous: Member;
  readonly others: readonly Member[];
}

export class Cluster {
  readonly etcd: Etcd;
  readonly members: readonly Member[];

  constructor(network: Network, directory: string) {
    this.etcd = new Etcd(network.addMachine('etcd'), directory);
    const place = { directory, etcd: this.etcd.machine, range: network.range };
    this.members = ['n1', 'n2', 'n3'].map((name) => new Member(network.addMachine(name), place));
  }

  /** What a Baton server connects to: all the members, whichever is the primary. */
  get databaseUrl(): string {
    const hosts = this.members.map(({ machine }) => `${machine.address}:5432`).join(',');
    return `postgres://baton:${passwords.baton}@${hosts}/baton?sslmode=disable`;
  }

  /** Starts all of it and makes an empty database. */
  async start(): Promise<void> {
    this.etcd.start();
    for (const member of this.members) member.start();
    await until('A cluster of three', startSecondsMax, () => this.#rolesWhenWhole());
    await this.query(`create role baton login password '${passwords.baton}'`);
    await this.query('create database baton owner baton');
  }

  /** The roles as soon as there is a primary and each of the others follows it. */
  whole(): Promise<Roles> {
    return until('A whole cluster', wholeSecondsMax, () => this.#rolesWhenWhole());
  }

  /** Another primary than this one, as soon as there is one. */
  successorOf(old: Member): Promise<Member> {
    return until(`A successor of ${old.name}`, wholeSecondsMax, async () => {
      const leader = (await this.#roles(old)).find(({ role }) => role === 'leader');
      const isReady = leader?.state === 'running' && leader.name !== old.name;
      return isReady && this.#member(leader.name);
    });
  }

  /** Runs one statement as superuser on the primary. */
  async query(text: string): Promise<QueryResult> {
    const { primary } = await this.whole();
    const client = new Client({
      host: primary.machine.address,
      user: 'postgres',
      password: passwords.postgres,
      database: 'postgres',
      connectionTimeoutMillis: askMsMax,
    });
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  /** Ends the connections of all Baton servers to the database; how many there were. */
  async endConnections(): Promise<number> {
    const { rows } = await this.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'baton'",
    );
    return rows.length;
  }

  /** Hands over to the synchronous standby as planned. */
  async switchOver(): Promise<void> {
    const { primary, synchronous } = await this.whole();
    await ask(primary, 'switchover', { leader: primary.name, candidate: synchronous.name });
  }

  /** Restarts PostgreSQL on the primary, which stays the primary. */
  async restartPrimary(): Promise<void> {
    const { primary } = await this.whole();
    await ask(primary, 'restart', {});
  }

  async #rolesWhenWhole(): Promise<Roles | undefined> {
    const roles = await this.#roles();
    const withRole = (wanted: Role['role']) =>
      roles.filter(({ role }) => role === wanted).map(({ name }) => this.#member(name));
    const [primary, ...furtherPrimaries] = withRole('leader');
    const [synchronous] = withRole('sync_standby');
    const isRunning = roles.every(({ state }) => state === 'running' || state === 'streaming');
    const isOneTimeline = new Set(roles.map(({ timeline }) => timeline)).size === 1;
    if (primary === undefined || synchronous === undefined || furtherPrimaries.length > 0) return;
    if (roles.length < this.members.length || !isRunning || !isOneTimeline) return;
    return { primary, synchronous, others: withRole('replica') };
  }

  /** As any member but this one tells it. */
  async #roles(silent?: Member): Promise<readonly Role[]> {
    const asked = this.members.filter((member) => member !== silent);
    const { members } = (await Promise.any(asked.map((member) => ask(member, 'cluster')))) as {
      members: Role[];
    };
    return members;
  }

  #member(name: string): Member {
    return this.members.find((member) => member.name === name)!;
  }
}

/** One call of Patroni's REST interface: a GET, or with a body a POST. */
async function ask(member: Member, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`http://${member.machine.address}:8008/${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(body === undefined ? askMsMax : 60_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Patroni of ${member.name}, ${path}: ${text}`);
  return body === undefined ? JSON.parse(text) : text;
}
