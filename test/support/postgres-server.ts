// A PostgreSQL of the tests: a process of its own on loopback, in a temporary directory.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { databaseOwner, query } from './postgres-database.js';
import { copyPrograms, type PostgresPrograms } from './postgres-programs.js';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '64MB',
  // A checkpoint in the middle of a test would only be noise.
  max_wal_size: '2GB',
};

/**
 * Ends the server whose process id it was told last and removes the directory, when its standard
 * input ends: that happens however the process of the tests ends. A process that does not go is
 * left after ten seconds.
 */
const guard = `
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -CONT "$pid"; kill -QUIT "$pid"
  for _ in $(seq 100); do kill -0 "$pid" || break; sleep 0.1; done
fi
rm -rf "$1"
`;

export class PostgresServer {
  readonly port: number;
  /** Of the superuser and the owner of the databases alike. */
  readonly #password = randomBytes(16).toString('hex');
  readonly #directory: string;
  readonly #programs: PostgresPrograms;
  readonly #guard: ChildProcess;
  #process: ChildProcess | undefined;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.port = port;
    this.#guard = spawn('sh', ['-c', guard, 'guard', directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#programs = copyPrograms(directory);
  }

  /** Makes a server with no database of its own yet, and starts it. */
  static async start(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), 'baton-postgres-'));
    const server = new PostgresServer(directory, await freePort());
    try {
      await server.#initialise();
      await server.resume();
      const role = `${databaseOwner} LOGIN PASSWORD '${server.#password}'`;
      await query(server.adminUrl, `CREATE ROLE ${role}`);
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** The superuser's connection. */
  get adminUrl(): string {
    return `postgres://postgres:${this.#password}@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts it again, on the same directory and port; resolves when it takes connections. */
  async resume(): Promise<void> {
    const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      this.#programs.postgres,
      ['-D', this.#dataDirectory, '-p', String(this.port), ...words],
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...ordinaryUser() },
    );
    this.#process = child;
    child.stderr.pipe(createWriteStream(logOf(this.#dataDirectory), { flags: 'a' }));
    this.#guard.stdin!.write(`${child.pid}\n`);
    await isReady(child);
  }

  /** Ends it at once: connections are cut, and the next start recovers from its log. */
  async stop(): Promise<void> {
    const child = this.#process!;
    const ended = once(child, 'exit');
    child.kill('SIGQUIT');
    await ended;
    this.#process = undefined;
    this.#guard.stdin!.write('\n');
  }

  /** Lets every process of it stand still, as on a machine that hangs; gives what ends that. */
  async hang(): Promise<() => void> {
    const client = new Client({ connectionString: this.adminUrl });
    await client.connect();
    const stopped = [this.#process!.pid!];
    // From here on it starts no further process.
    sendSignal(stopped[0]!, 'SIGSTOP');
    const { rows } = await client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
    await client.end();
    stopped.push(...rows.map(({ pid }) => pid));
    for (const pid of stopped) sendSignal(pid, 'SIGSTOP');
    return () => {
      for (const pid of stopped) sendSignal(pid, 'SIGCONT');
    };
  }

  /** Ends it, where it runs, and leaves nothing behind. */
  async remove(): Promise<void> {
    const ended = once(this.#guard, 'exit');
    this.#guard.stdin!.end();
    await ended;
  }

  get #dataDirectory(): string {
    return join(this.#directory, 'data');
  }

  async #initialise(): Promise<void> {
    const user = ordinaryUser();
    const passwordFile = join(this.#directory, 'password');
    writeFileSync(passwordFile, this.#password, { mode: 0o600 });
    if (user.uid !== undefined) {
      for (const path of [this.#directory, passwordFile]) chownSync(path, user.uid, user.gid);
    }
    const words = ['-D', this.#dataDirectory, '-U', 'postgres', '--pwfile', passwordFile];
    const forms = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await promisify(execFile)(this.#programs.initdb, [...words, ...forms], user);
    rmSync(passwordFile);
  }
}

/** What a server with this data directory has logged. */
export function logOf(dataDirectory: string): string {
  return join(dirname(dataDirectory), 'log');
}

/** PostgreSQL refuses to run as root: then as `nobody`, whom every system has. */
function ordinaryUser(): { uid: number; gid: number } | { uid?: never; gid?: never } {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOfNobody('-u'), gid: idOfNobody('-g') };
}

function idOfNobody(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      if (log.includes('ready to accept connections')) return;
      log += part;
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`PostgreSQL has ended: ${log}`)));
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // A process of the server that has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
