// What the writer can be asked to do, one command a method of the store contract that writes.

import type { AuditText } from '../../audit-chain.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import type { HashName } from '../../name-hash.js';
import { AuditWrites } from './audit-writes.js';
import { DataKeys, prepareDataKeyStatements, reserveSeals, rewrapDataKeys } from './data-keys.js';
import type { Connection } from './database.js';
import { prepareHandoffStatements } from './handoff-statements.js';
import { type Changed, erase, patch, put } from './handoff-writes.js';
import { createKey, noteKeyUse, revokeKey, rotateKey } from './key-writes.js';
import {
  changeProject,
  createProject,
  initialise,
  prepareProjectStatements,
} from './project-writes.js';
import { rewrapKeptKeys, wrappedHashKey } from './settings.js';
import { purge } from './tombstones.js';

export type Commands = ReturnType<typeof prepareCommands>;
export type CommandName = keyof Commands;
export type InputOf<Name extends CommandName> = Parameters<Commands[Name]>[0];
export type OutputOf<Name extends CommandName> = ReturnType<Commands[Name]>['output'];

export interface Command {
  readonly name: CommandName;
  readonly input: unknown;
}

/**
 * Those that need room; the others are carried out on a full disk too. `initialise` is asked at
 * each start and writes but once.
 */
export const growing: ReadonlySet<CommandName> = new Set<CommandName>([
  'put',
  'patch',
  'createProject',
  'changeProject',
  'createKey',
  'rotateKey',
  'reserveSeals',
]);

/** Those that change projects or keys. */
export const referring: ReadonlySet<CommandName> = new Set<CommandName>([
  'createProject',
  'changeProject',
  'initialise',
  'createKey',
  'rotateKey',
  'revokeKey',
]);

/** Those that have no part in what look-ups find, nor in the limit of the queue. */
export const auditing: ReadonlySet<CommandName> = new Set<CommandName>([
  'appendAudit',
  'purgeAudit',
]);

export interface CommandKeys {
  readonly hashName: HashName;
  readonly auditKey: Uint8Array;
  readonly masterKeys: MasterKeyRing;
}

export function prepareCommands(db: Connection, keys: CommandKeys) {
  const { hashName, masterKeys } = keys;
  const audit = new AuditWrites(db, keys.auditKey);
  const handoffs = prepareHandoffStatements(db, hashName, new DataKeys(db, masterKeys));
  const dataKeys = prepareDataKeyStatements(db);
  const references = prepareProjectStatements(db);
  const plain =
    <Input, Output>(run: (statements: typeof references, input: Input) => Output) =>
    (input: Input): Changed<Output> => ({ output: run(references, input), changed: [] });

  return {
    put: about(handoffs, put),
    patch: about(handoffs, patch),
    erase: about(handoffs, erase),
    purge: about(handoffs, purge),
    createProject: plain(createProject),
    changeProject: plain(changeProject),
    initialise: plain(initialise),
    createKey: plain(createKey),
    rotateKey: plain(rotateKey),
    revokeKey: plain(revokeKey),
    noteKeyUse: plain(noteKeyUse),
    appendAudit: (input: { texts: readonly AuditText[] }): Changed<void> => ({
      output: audit.append(input),
      changed: [],
    }),
    purgeAudit: (input: { before: number }): Changed<number> => ({
      output: audit.purge(input),
      changed: [],
    }),
    reserveSeals: (input: { tenant: string; now: number }): Changed<number> => ({
      output: reserveSeals(dataKeys, masterKeys, { ...input, wrappedHashKey: wrappedHashKey(db) }),
      changed: [],
    }),
    rewrapKeys: (): Changed<number> => ({
      output: rewrapDataKeys(dataKeys, masterKeys) + rewrapKeptKeys(db, masterKeys.keys),
      changed: [],
    }),
  };
}

function about<Statements, Input, Output>(
  statements: Statements,
  run: (statements: Statements, input: Input) => Changed<Output>,
): (input: Input) => Changed<Output> {
  return (input) => run(statements, input);
}
