// `baton key`: makes, lists, rotates and revokes API keys.

import { durationText, readDuration } from '../duration.js';
import { BatonError, invalidRequest } from '../error.js';
import { type ApiKey, newKey, permissions, reaches, rotatedKey, viewProblem } from '../key.js';
import { limits } from '../limits.js';
import { UsageError } from '../read-config.js';
import type { Store } from '../store/store.js';
import { keyBody } from '../wire.js';
import { addConfiguredCommand, addGroup, type Branch } from './command.js';
import { accountIdOf, allPages, projectAt, withStore } from './open-store.js';
import { auditKey } from './operators-audit.js';
import { operand, optional, readText, readWord, required, several, toggle } from './option.js';
import { printPairs, printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';
import { view, viewText } from './view-option.js';

const json = toggle('print JSON');
const keyOperand = operand('KEY_ID', 'the id of the key, as `baton key list` prints it', readText);
const readLife = readDuration(1, limits.keyLifeSecondsMax);

export function addKeyCommands(branch: Branch): void {
  const group = addGroup(branch, 'key', 'make, list, rotate and revoke API keys');
  addCreate(group);
  addList(group);
  addRotate(group);
  addRevoke(group);
}

function addCreate(group: Branch): void {
  const options = {
    account: required('ACCOUNT', 'account of the key, by id or slug', readText),
    project: several('PROJECT', 'projects it reaches, by id or slug; default: all', readText),
    permission: required(
      'PERMISSION',
      'read, write (includes read) or admin (includes both)',
      readWord(permissions),
    ),
    view,
    name: optional('NAME', 'what it is for, as lists show it', readKeyName),
    expires: optional('DURATION', 'how long it lives, such as 90d; default: for ever', readLife),
    json,
  };
  addConfiguredCommand(
    group,
    { name: 'create', summary: 'make a key and print its secret, once', options, takes: 'store' },
    async (values, { config }, terminal) => {
      const problem = viewProblem('--view', values.view, values.permission);
      if (problem !== undefined) throw new UsageError([problem]);
      const made = await withStore(config, terminal, async (store) => {
        const now = Date.now();
        const created = newKey({
          name: values.name ?? null,
          accountId: await accountIdOf(store, values.account),
          projects: await projectIds(store, values.account, values.project),
          permission: values.permission,
          view: values.view,
          region: config.region,
          now,
          expiresAt: values.expires === undefined ? null : now + values.expires * 1000,
        });
        await store.createKey(created.key);
        await auditKey(store, config, 'key_create', created.key);
        return created;
      });
      printSecret(made, values.json, terminal);
    },
  );
}

function addList(group: Branch): void {
  const options = {
    account: required('ACCOUNT', 'the account, by id or slug', readText),
    project: optional('PROJECT', 'only keys that reach this project, by id or slug', readText),
    json,
  };
  addConfiguredCommand(
    group,
    { name: 'list', summary: "list an account's keys, newest first", options, takes: 'store' },
    async (values, { config }, terminal) => {
      const keys = await withStore(config, terminal, async (store) => {
        const accountId = await accountIdOf(store, values.account);
        const all = await allPages((page) => store.listKeys({ accountId, projects: null }, page));
        if (values.project === undefined) return all;
        const project = await projectAt(store, values.account, values.project);
        return all.filter((key) => reaches(key, project));
      });
      if (values.json) return printJson(terminal, { items: keys.map(keyBody) });
      printKeys(keys, terminal);
    },
  );
}

function addRotate(group: Branch): void {
  const options = {
    keyId: keyOperand,
    overlap: optional(
      'DURATION',
      `how long the old key still works; default: ${durationText(limits.rotationOverlapSecondsDefault)}`,
      readDuration(0, limits.rotationOverlapSecondsMax),
    ),
    expires: optional(
      'DURATION',
      'how long the new key lives; default: as long as the old one was made for',
      readLife,
    ),
    json,
  };
  addConfiguredCommand(
    group,
    {
      name: 'rotate',
      summary: 'make a successor of a key and print its secret, once',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const made = await withStore(config, terminal, async (store) => {
        const now = Date.now();
        const old = await keyWithId(store, values.keyId);
        const successor = rotatedKey(old, {
          now,
          expiresAt: values.expires === undefined ? undefined : now + values.expires * 1000,
          expiresAtMost: null,
        });
        const overlapSeconds = values.overlap ?? limits.rotationOverlapSecondsDefault;
        await store.rotateKey(old.keyId, successor.key, now + overlapSeconds * 1000);
        await auditKey(store, config, 'key_rotate', old);
        return successor;
      });
      printSecret(made, values.json, terminal);
    },
  );
}

function addRevoke(group: Branch): void {
  const options = { keyId: keyOperand, json };
  addConfiguredCommand(
    group,
    { name: 'revoke', summary: 'end a key at once and for good', options, takes: 'store' },
    async (values, { config }, terminal) => {
      const key = await withStore(config, terminal, async (store) => {
        const { keyId } = await keyWithId(store, values.keyId);
        const revoked = await store.revokeKey(keyId, Date.now());
        await auditKey(store, config, 'key_revoke', revoked);
        return revoked;
      });
      if (values.json) return printJson(terminal, keyBody(key));
      terminal.print(`Key ${key.keyId} is revoked; a running server refuses it within a second.`);
    },
  );
}

async function keyWithId(store: Store, keyId: string): Promise<ApiKey> {
  const key = await store.findKey(keyId);
  if (key !== undefined) return key;
  throw new BatonError('not_found', 'KEY_ID: this store has no such key; see `baton key list`.');
}

/** The ids of projects that are named by id or slug; null, all of the account, for none. */
async function projectIds(
  store: Store,
  account: string,
  names: readonly string[] | undefined,
): Promise<string[] | null> {
  if (names === undefined) return null;
  const projects = await Promise.all(names.map((name) => projectAt(store, account, name)));
  return [...new Set(projects.map((project) => project.projectId))];
}

function readKeyName(name: string, text: string): string {
  const max = limits.keyNameCodePointsMax;
  if (new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${max}}$`, 'u').test(text)) return text;
  throw invalidRequest(
    `${name}: found text of ${text.length} characters that does not fit; ` +
      `give 1 to ${max}, without control characters.`,
  );
}

function printSecret(
  { text, key }: { text: string; key: ApiKey },
  asJson: boolean,
  terminal: Terminal,
): void {
  if (asJson) {
    printJson(terminal, { ...keyBody(key), secret: text });
    return;
  }
  printPairs(terminal, [
    ['key id', key.keyId],
    ['permission', key.permission],
    ['view', viewText(key.view)],
    ['projects', projectsText(key)],
    ['expires', timeText(key.expiresAt)],
    ['secret', text],
  ]);
  terminal.tell('The secret is shown only now: keep it where the program that uses it finds it.');
}

function printKeys(keys: readonly ApiKey[], terminal: Terminal): void {
  const headings = [
    'KEY ID',
    'NAME',
    'PERMISSION',
    'VIEW',
    'PROJECTS',
    'STATE',
    'EXPIRES',
    'LAST USED',
  ];
  const rows = keys.map((key) => [
    key.keyId,
    key.name ?? '–',
    key.permission,
    typeof key.view === 'string' ? key.view : 'listed',
    projectsText(key),
    stateText(key),
    timeText(key.expiresAt),
    timeText(key.lastUsedAt),
  ]);
  printTable(terminal, headings, rows);
}

function projectsText(key: ApiKey): string {
  return key.projects === null ? 'all' : key.projects.join(', ');
}

function stateText(key: ApiKey): string {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= Date.now() ? 'expired' : 'live';
}
