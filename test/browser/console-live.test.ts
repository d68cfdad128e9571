// A console that is open on one node, while another node is written to.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNodes } from '../nodes/nodes.js';
import { consolePaths, handoffPath, openConsole } from '../support/console.js';
import { erase, lookUp, put } from '../support/handoff-calls.js';
import { newDatabase } from '../support/postgres-database.js';
import { PostgresServer } from '../support/postgres-server.js';

let database: PostgresServer;
beforeAll(async () => {
  database = await PostgresServer.start();
});
afterAll(() => database.remove());

/** The console is on the one, all else happens on the other. */
async function twoNodes() {
  const databaseUrl = await newDatabase(database.adminUrl);
  return await startNodes(2, { databaseUrl, masterKey: 'c0ffee42'.repeat(8) });
}

const state = { id: 'conv-1', shared_id: 'CA1', data: { name: 'Amelia' } };

describe('without a reload', () => {
  test('the list shows what is written, picked up and erased elsewhere', async () => {
    const [here, there] = await twoNodes();
    const page = await openConsole(here!, consolePaths.handoffs);
    await page.getByText('Live', { exact: true }).waitFor();
    expect((await put(there!, state)).status).toBe(201);
    const row = page.getByRole('row').filter({ hasText: 'conv-1' });
    await row.getByText('Pending').waitFor();

    expect((await lookUp(there!, { id: 'conv-1' })).status).toBe(200);
    await row.getByText('Picked up').waitFor();
    expect((await put(there!, { ...state, id: 'conv-2' })).status).toBe(201);
    await page.getByRole('row').filter({ hasText: 'conv-2' }).waitFor();
  });

  test('one handoff shows its pickup, and its end', async () => {
    const [here, there] = await twoNodes();
    expect((await put(there!, state)).status).toBe(201);
    const page = await openConsole(here!, handoffPath('conv-1'));
    await page.getByText('Not picked up yet').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect((await lookUp(there!, { id: 'conv-1' })).status).toBe(200);
    await page.getByText(/^Picked up after/).waitFor();
    expect((await erase(there!, { id: 'conv-1' })).status).toBe(200);
    await page.getByText('Its content is gone for good').waitFor();
    expect(await page.locator('body').innerText()).not.toContain('Amelia');
  });

  test('the overview counts', async () => {
    const [here, there] = await twoNodes();
    const page = await openConsole(here!, consolePaths.overview);
    await page.getByText('Live', { exact: true }).waitFor();
    const written = page.getByRole('term').filter({ hasText: 'Written' }).locator('xpath=..');
    await expect.poll(() => written.innerText()).toMatch(/\b0\b/);
    for (const id of ['a', 'b', 'c']) {
      expect((await put(there!, { id, data: {} })).status).toBe(201);
    }
    await expect.poll(() => written.innerText()).toMatch(/\b3\b/);
  });

  test('nothing is lost where the stream breaks and comes back', async () => {
    const [here, there] = await twoNodes();
    const page = await openConsole(here!, consolePaths.handoffs, { expected: [/ERR_|503/] });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    expect((await put(there!, state)).status).toBe(201);
    await page.context().setOffline(false);
    await page.getByRole('row').filter({ hasText: 'conv-1' }).waitFor();
  });
});
