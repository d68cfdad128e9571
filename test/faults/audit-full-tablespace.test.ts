// Strict audit on PostgreSQL whose disk for the audit is full: no look-up gives data, and room heals it
// without a restart of anything.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runBaton, serveChild } from '../support/child-server.js';
import { asSuperuser, newDatabase, query } from '../support/postgres-database.js';
import { PostgresServer } from '../support/postgres-server.js';
import { send } from '../support/request.js';
import { smallDisk } from './support/small-disk.js';

const content = 'Ada Lovelace';
const toldMs = 1_500;

test('strict audit in a full tablespace gives no data, and all is well when there is room', async () => {
  const postgres = await PostgresServer.start();
  const disk = smallDisk(32);
  onTestFinished(async () => {
    await postgres.remove();
    disk.remove();
  });
  const databaseUrl = await newDatabase(postgres.adminUrl);
  const environment = {
    BATON_DATABASE_URL: databaseUrl,
    BATON_MASTER_KEY: 'c0ffee42'.repeat(8),
  };
  const { output } = await runBaton(['init', '--json'], environment);
  const key: string = JSON.parse(output).write_key;
  await moveAudit(asSuperuser(postgres.adminUrl, databaseUrl), join(disk.directory, 'audit'));

  const server = await serveChild(['--audit', 'strict'], environment);
  const url = `${server.url}/v1/demo/demo/handoff_state`;
  const body = { id: 'one', data: { customer: content } };
  expect((await send(url, { method: 'PUT', key, body })).status).toBe(201);
  const lookUp = () => send(`${url}?id=one`, { key });

  const isHeldBack = async () => {
    disk.fillUp(0);
    return (await lookUp()).status;
  };
  await expect.poll(isHeldBack, { timeout: 60_000, interval: 1 }).toBe(503);
  for (let round = 0; round < 10; round++) {
    const startedAt = performance.now();
    const { status, text } = await lookUp();
    expect([status, text.includes(content)]).toEqual([503, false]);
    expect(performance.now() - startedAt).toBeLessThan(toldMs);
  }

  disk.makeRoom();
  await expect.poll(async () => (await lookUp()).text, { timeout: 10_000 }).toContain(content);
  await server.end('SIGKILL');
  const verified = await runBaton(['audit', 'verify'], environment);
  expect([verified.code, verified.output]).toEqual([0, expect.stringContaining('nothing is')]);
}, 120_000);

/** The blocks of the audit and their indexes to a directory of the database's user. */
async function moveAudit(adminUrl: string, directory: string): Promise<void> {
  mkdirSync(directory, { mode: 0o700 });
  const [uid, gid] = ['-u', '-g'].map(idOfNobody);
  chownSync(directory, uid!, gid!);
  const space = 'TABLESPACE small';
  await query(adminUrl, `CREATE ${space} LOCATION '${directory}'`);
  await query(adminUrl, `ALTER TABLE audit_block SET ${space}`);
  for (const index of ['audit_block_pkey', 'audit_block_by_time', 'audit_block_by_chain']) {
    await query(adminUrl, `ALTER INDEX IF EXISTS ${index} SET ${space}`);
  }
}

function idOfNobody(flag: string): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}
