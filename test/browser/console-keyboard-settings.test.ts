// The tasks of whoever runs a project, done in the console by keys alone: try it, requests, keys,
// projects and settings.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, madeKey, madeProject } from '../support/admin-calls.js';
import { consolePaths, headingOf, openConsole } from '../support/console.js';
import { lookUp, put } from '../support/handoff-calls.js';
import { chooseIn, enterOn, hasFocus, tabTo, typeInto } from '../support/keyboard.js';
import { send } from '../support/request.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('writing a sample and reading it as the contact centre would', async () => {
  const page = await openConsole(server, consolePaths['try it'], { expected: [/404/] });
  await typeInto(page.getByLabel('Conversation id'), 'conv-tried');
  await typeInto(page.getByLabel('Shared id'), 'CA-tried');
  const calls = page.getByRole('article');
  for (const [name, status] of [
    ['Read it', '404'],
    ['Write it', '201'],
    ['Read it', '200'],
  ] as const) {
    const button = page.getByRole('button', { name, exact: true });
    await enterOn(button);
    await calls.first().getByText(status, { exact: true }).waitFor();
    await expect.poll(() => hasFocus(button)).toBe(true);
  }
  expect((await lookUp(server, { shared_id: 'CA-tried' })).status).toBe(200);
  await enterOn(page.getByRole('link', { name: 'See what became of it' }));
  await page.getByRole('heading', { name: 'conv-tried' }).waitFor();
  await page.getByText('Picked up', { exact: true }).first().waitFor();
});

test('asking why a look-up was a 404', async () => {
  expect((await lookUp(server, { shared_id: 'CA-unknown' })).status).toBe(404);
  const page = await openConsole(server, consolePaths.requests);
  await typeInto(page.getByRole('searchbox'), 'CA-unknown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/CA-unknown/);
  const call = page.getByRole('table').getByRole('button');
  await expect.poll(() => call.count()).toBe(1);
  await enterOn(call);
  await expect
    .poll(() => page.getByRole('table').innerText())
    .toMatch(/was (n|ev)ever written|Nothing/);
  await page.reload();
  await expect
    .poll(() => page.getByRole('table').innerText())
    .toMatch(/was (n|ev)ever written|Nothing/);
});

describe('keys', () => {
  test('making one: its secret is shown once, and works', async () => {
    const page = await openConsole(server, consolePaths.keys);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await enterOn(page.getByRole('button', { name: 'New key' }));
    await typeInto(page.getByLabel('Name'), 'contact centre');
    await tabTo(page.getByLabel('Permission'));
    await tabTo(page.getByLabel('Ends'));
    await enterOn(page.getByRole('button', { name: 'Make the key' }));

    const shown = page.getByRole('dialog', { name: 'Copy the key now' });
    await shown.waitFor();
    const secret = await shown.locator('code').innerText();
    // No key press closes it by mistake.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await enterOn(page.getByRole('button', { name: 'Copy the key' }));
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    expect((await lookUp(server, { id: 'nobody' }, { key: secret })).status).toBe(404);

    await enterOn(page.getByRole('button', { name: 'I have copied it' }));
    await page.getByRole('row', { name: 'contact centre' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.reload();
    await page.getByRole('row', { name: 'contact centre' }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  test('rotating one, and revoking one', async () => {
    const { text } = await madeKey(server, { permission: 'read', name: 'old reader' });
    const page = await openConsole(server, consolePaths.keys);
    await enterOn(page.getByRole('button', { name: 'Rotate old reader' }));
    await enterOn(page.getByRole('button', { name: 'Make the new key' }));
    const secret = await page.getByRole('dialog').locator('code').innerText();
    await enterOn(page.getByRole('button', { name: 'I have copied it' }));
    expect((await lookUp(server, { id: 'nobody' }, { key: secret })).status).toBe(404);

    const revoke = page.getByRole('button', { name: 'Revoke old reader' });
    await expect.poll(() => revoke.count()).toBe(2);
    await enterOn(revoke.first());
    await enterOn(page.getByRole('button', { name: 'Revoke it for good' }));
    await expect.poll(() => revoke.count()).toBe(1);
    const answers = await Promise.all(
      [text, secret].map((key) => lookUp(server, { id: 'nobody' }, { key })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403, 404]));
  });
});

describe('projects', () => {
  test('making one, and choosing it', async () => {
    const page = await openConsole(server, consolePaths.projects);
    await enterOn(page.getByRole('button', { name: 'New project' }));
    await typeInto(page.getByLabel('Name in addresses'), 'second');
    await enterOn(page.getByRole('button', { name: 'Make the project' }));
    await page.getByRole('link', { name: 'second' }).waitFor();
    const listed = await admin(server, 'GET', 'projects');
    const slugs = listed.json.items.map(
      (project: { project_slug: string }) => project.project_slug,
    );
    expect(slugs).toContain('second');

    await chooseIn(page.getByRole('combobox', { name: 'Project' }), 'second');
    await page.waitForURL(/projects\/second\//);
  });

  test('changing its settings, and being told what is wrong with them', async () => {
    await madeProject(server, 'changed');
    const page = await openConsole(server, '/console/projects/changed/settings', {
      expected: [/400/],
    });
    await typeInto(page.getByLabel('Pickup deadline', { exact: true }), '90');
    await chooseIn(page.getByLabel('Unit of pickup deadline'), 'seconds');
    await typeInto(page.getByLabel('Sensitive fields'), '/customer/iban');
    await enterOn(page.getByRole('button', { name: 'Save' }));
    await page.getByText('Saved.').waitFor();
    const { json } = await admin(server, 'GET', 'projects/changed');
    expect(json).toMatchObject({ sensitive_fields: ['/customer/iban'] });
    expect(json.pickup_deadline_seconds).toBe(90);

    await typeInto(page.getByLabel('Sensitive fields'), 'no pointer');
    await enterOn(page.getByRole('button', { name: 'Save' }));
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/sensitive_fields/);
  });

  test('erasing it: only after its name was typed', async () => {
    const { stateUrl } = await madeProject(server, 'leaving');
    expect(
      (await put({ ...server, stateUrl }, { id: '1', data: {} }, { key: server.keys.admin }))
        .status,
    ).toBe(201);
    const page = await openConsole(server, '/console/projects/leaving/settings');
    await enterOn(page.getByRole('button', { name: 'Erase this project' }));
    const erase = page.getByRole('button', { name: 'Erase it for good' });
    expect(await erase.isDisabled()).toBe(true);
    await typeInto(page.getByLabel('Type leaving to go on'), 'leaving');
    await enterOn(erase);
    await enterOn(page.getByRole('button', { name: 'Done' }));
    await headingOf(page).filter({ hasText: 'Projects' }).waitFor();
    const gone = await send(`${stateUrl}?id=1`, { key: server.keys.admin });
    expect(gone.status).toBeGreaterThanOrEqual(403);
  });
});
