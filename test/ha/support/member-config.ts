// What each member of the cluster is told: Patroni's settings, as JSON, which is YAML too.

export const passwords = {
  postgres: 'of-postgres',
  replicator: 'of-replicator',
  baton: 'of-baton',
};

export interface MemberPlace {
  readonly name: string;
  readonly address: string;
  readonly directory: string;
  readonly etcdAddress: string;
  /** Addresses from which members and clients come. */
  readonly range: string;
}

/** Seconds after which a primary that does not renew its lock has lost it: Patroni's least. */
const ttl = 20;

export function memberConfig(place: MemberPlace, programs: string): string {
  const { name, address, directory, etcdAddress, range } = place;
  const replication = { username: 'replicator', password: passwords.replicator };
  return JSON.stringify({
    scope: 'baton',
    name,
    restapi: { listen: `${address}:8008`, connect_address: `${address}:8008` },
    // Not etcd3: Patroni before 3.0.3 has a primary that was stopped take the lock from its successor
    // there, and what that had acknowledged is lost (patroni/patroni, pull request 2689).
    etcd: { hosts: `${etcdAddress}:2379` },
    bootstrap: {
      dcs: {
        ttl,
        loop_wait: 2,
        retry_timeout: 3,
        maximum_lag_on_failover: 0,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        postgresql: { use_pg_rewind: true, use_slots: true },
      },
      initdb: [{ encoding: 'UTF8' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${address}:5432`,
      connect_address: `${address}:5432`,
      data_dir: `${directory}/data`,
      bin_dir: programs,
      pgpass: `${directory}/pgpass`,
      authentication: {
        superuser: { username: 'postgres', password: passwords.postgres },
        replication,
        rewind: { username: 'rewinder', password: passwords.replicator },
      },
      parameters: {
        unix_socket_directories: directory,
        password_encryption: 'scram-sha-256',
        max_connections: 100,
        shared_buffers: '64MB',
        wal_keep_size: '256MB',
        // A standby that was cut off or stopped is noticed, and another made synchronous.
        wal_sender_timeout: '5s',
        wal_receiver_timeout: '5s',
        log_checkpoints: 'off',
      },
      pg_hba: [
        `host replication replicator ${range} scram-sha-256`,
        `host all all ${range} scram-sha-256`,
      ],
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
  });
}
