// The hosts of a database URL: which there are, and which of them are on this machine.

import { BlockList, isIP, isIPv6 } from 'node:net';
import type { DatabaseUrlParts, Refuse } from './database-url-parts.js';
import { isHost } from './host-name.js';
import { limits } from './limits.js';

export interface DatabaseHost {
  /** A name, an address without brackets, or the directory of a Unix socket: begins with `/`. */
  readonly host: string;
  readonly port: number;
}

const portDefault = 5432;
const portMax = 65_535;

/** At least one. Throws what `refuse` makes. */
export function databaseHosts({ hosts, ports }: DatabaseUrlParts, refuse: Refuse): DatabaseHost[] {
  if (hosts.length > limits.databaseHostsMax) {
    throw refuse(`${hosts.length} hosts`, `give at most ${limits.databaseHostsMax}`);
  }
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw refuse(
      `${hosts.length} hosts and ${ports.length} ports`,
      'give one port for each host, or one for all',
    );
  }
  return hosts.map((host, index) => {
    const place = `place ${index + 1} of the hosts`;
    if (host === '') {
      throw refuse(
        `no host at ${place}`,
        'give its name, or the directory of its socket as ?host=/var/run/postgresql',
      );
    }
    // Zones of IPv6 addresses, after %, are names of this machine alone.
    if (!isSocketDirectory(host) && (!isHost(host) || host.includes('%'))) {
      throw refuse(`neither a host name nor an address at ${place}`, 'give one of them');
    }
    const text = ports.length === 1 ? ports[0]! : ports[index]!;
    const port = text === '' ? portDefault : Number(text);
    if (!/^\d{0,5}$/.test(text) || port < 1 || port > portMax) {
      throw refuse(`no port at ${place}`, `give a whole number from 1 to ${portMax}`);
    }
    return { host, port };
  });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether what is sent there stays on this machine. */
export function isLocal(host: string): boolean {
  if (isSocketDirectory(host) || host.toLowerCase() === 'localhost') return true;
  return isIP(host) !== 0 && loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

export function isSocketDirectory(host: string): boolean {
  return host.startsWith('/');
}
