// What the writer can be asked to do, one command a method of the store contract that writes.

import type { AuditText } from '../../audit-chain.js';
import type { MasterKeyRing } from '../../master-key-source.js';
import type { HashName } from '../../name-hash.js';
import type { ReceiptSigner } from '../../receipt.js';
import { AuditWrites } from './audit-writes.js';
import { DataKeys, prepareDataKeyStatements, reserveSeals, rewrapDataKeys } from './data-keys.js';
import type { Connection } from './database.js';
import { erase, eraseNamed, prepareErasureStatements } from './erasures.js';
import { prepareHandoffStatements } from './handoff-statements.js';
import { type Changed, patch, put } from './handoff-writes.js';
import { createKey, noteKeyUse, revokeKey, rotateKey } from './key-writes.js';
import { createLink, openLink, prepareLinkStatements } from './links.js';
import { decideOutcomes, prepareOutcomes, recordOutcomes } from './outcomes.js';
import { eraseProject, prepareProjectErasure } from './project-erasures.js';
import {
  changeProject,
  createProject,
  initialise,
  prepareProjectStatements,
} from './project-writes.js';
import { createSession, endSession, prepareSessionStatements, takeSignIn } from './sessions.js';
import { rewrapKeptKeys, wrappedHashKey } from './settings.js';
import { preparePurgeStatements, purge } from './tombstones.js';

export type Commands = ReturnType<typeof prepareCommands>['commands'];
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
  'createLink',
  'reserveSeals',
  'recordOutcomes',
]);

/** Those that change projects or keys. */
export const referring: ReadonlySet<CommandName> = new Set<CommandName>([
  'createProject',
  'changeProject',
  'eraseProject',
  'initialise',
  'createKey',
  'rotateKey',
  'revokeKey',
]);

/** Those that have no part in what look-ups find, nor in the limit of the queue. */
export const auditing: ReadonlySet<CommandName> = new Set<CommandName>([
  'appendAudit',
  'purgeAudit',
  'recordOutcomes',
  'decideOutcomes',
]);

export interface CommandKeys {
  readonly hashName: HashName;
  readonly auditKey: Uint8Array;
  readonly signer: ReceiptSigner;
  readonly masterKeys: MasterKeyRing;
}

export function prepareCommands(db: Connection, keys: CommandKeys) {
  const { hashName, signer, masterKeys } = keys;
  const audit = new AuditWrites(db, keys.auditKey);
  const unwrapped = new DataKeys(db, masterKeys);
  const handoffs = prepareHandoffStatements(db, hashName, unwrapped);
  const erasures = prepareErasureStatements(db, handoffs, signer);
  const links = prepareLinkStatements(db, handoffs);
  const outcomes = prepareOutcomes(db, handoffs);
  const dataKeys = prepareDataKeyStatements(db);
  const references = prepareProjectStatements(db);
  const projectErasure = prepareProjectErasure(db, references, signer, unwrapped);
  const sessions = prepareSessionStatements(db);

  const commands = {
    put: about(handoffs, put),
    patch: about(handoffs, patch),
    erase: about(erasures, erase),
    eraseNamed: about(erasures, eraseNamed),
    createLink: unseen(links, createLink),
    openLink: unseen(links, openLink),
    purge: about({ ...handoffs, ...preparePurgeStatements(db), sessions }, purge),
    createProject: unseen(references, createProject),
    changeProject: unseen(references, changeProject),
    eraseProject: about(projectErasure, eraseProject),
    initialise: unseen(references, initialise),
    createKey: unseen(references, createKey),
    rotateKey: unseen(references, rotateKey),
    revokeKey: unseen(references, revokeKey),
    noteKeyUse: unseen(references, noteKeyUse),
    createSession: unseen(sessions, createSession),
    endSession: unseen(sessions, endSession),
    takeSignIn: unseen(sessions, takeSignIn),
    recordOutcomes: about(outcomes, recordOutcomes),
    decideOutcomes: about(outcomes, decideOutcomes),
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
      // First: they decide by which master key new data keys are wrapped.
      output: rewrapKeptKeys(db, masterKeys.keys) + rewrapDataKeys(dataKeys, masterKeys),
      changed: [],
    }),
  };
  /** Another process has written: a project may be gone, and its keys with it. */
  const forgetKeys = () => unwrapped.forget();
  return { commands, forgetKeys };
}

function about<Statements, Input, Output>(
  statements: Statements,
  run: (statements: Statements, input: Input) => Changed<Output>,
): (input: Input) => Changed<Output> {
  return (input) => run(statements, input);
}

/** One that changes nothing that look-ups find. */
function unseen<Statements, Input, Output>(
  statements: Statements,
  run: (statements: Statements, input: Input) => Output,
): (input: Input) => Changed<Output> {
  return (input) => ({ output: run(statements, input), changed: [] });
}
