// A PostgreSQL that a test file has for itself: its settings may change, and commands run on it.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeCertificate } from './certificate.js';
import { query } from './postgres-database.js';
import { PostgresServer } from './postgres-server.js';

export class OwnPostgres {
  readonly server: PostgresServer;
  readonly #programs = mkdtempSync(join(tmpdir(), 'baton-psql-'));

  private constructor(server: PostgresServer) {
    this.server = server;
    const psql = fileURLToPath(new URL('./psql.mjs', import.meta.url));
    const call = `#!/bin/sh\nexec "${process.execPath}" "${psql}" "$@"\n`;
    writeFileSync(join(this.#programs, 'psql'), call, { mode: 0o755 });
  }

  static async start(): Promise<OwnPostgres> {
    return new OwnPostgres(await PostgresServer.start());
  }

  /** Runs a line of shell, in which psql is the superuser's. */
  async shell(line: string): Promise<void> {
    const { password } = new URL(this.server.adminUrl);
    const PATH = `${this.#programs}:${process.env.PATH}`;
    const env = { PATH, PGPASSWORD: password };
    await promisify(execFile)('sh', ['-c', line], { env });
  }

  /** Statements of the superuser, each by itself. */
  async run(...statements: string[]): Promise<void> {
    for (const statement of statements) await query(this.server.adminUrl, statement);
  }

  /** Sets it for the whole server, without a restart; resolves when a new connection has it. */
  async set(name: string, value: string): Promise<void> {
    await this.run(`ALTER SYSTEM SET ${name} = ${value}`);
    await this.reload();
  }

  async reset(): Promise<void> {
    await this.run('ALTER SYSTEM RESET ALL');
    await this.reload();
  }

  /** The server reads its files in its own time. */
  async reload(): Promise<void> {
    const { rows } = await query(this.server.adminUrl, 'SELECT pg_conf_load_time()::text AS at');
    const before = (rows[0] as { at: string }).at;
    await this.run('SELECT pg_reload_conf()');
    for (;;) {
      const now = await query(this.server.adminUrl, 'SELECT pg_conf_load_time()::text AS at');
      if ((now.rows[0] as { at: string }).at !== before) return;
    }
  }

  /** Lets it encrypt; gives the certificate that it shows. */
  async encrypt(): Promise<string> {
    const { cert, key } = makeCertificate();
    for (const [file, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
      const lines = `SELECT unnest(string_to_array('${text.trimEnd()}', E'\\n'))`;
      await this.run(`COPY (${lines}) TO PROGRAM 'umask 077; cat > ${file}'`);
    }
    await this.set('ssl', 'on');
    return cert;
  }

  async remove(): Promise<void> {
    await this.server.remove();
    rmSync(this.#programs, { recursive: true });
  }
}
