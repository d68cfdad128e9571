// Entries of the audit as the stores keep them: gathered by tenant, names hashed, as text.

import type { AuditLine, AuditNote } from '../audit.js';
import type { AuditText } from '../audit-chain.js';
import type { HashName } from '../name-hash.js';
import { shownHash } from './stored-states.js';

const blockEntriesMax = 1_000;
/** Between the oldest and the newest entry of a block, so that a page knows where to begin. */
export const blockMsMax = 10_000;

/** The texts of entries in their order, those of one tenant together. */
export function auditTexts(hashName: HashName, notes: readonly AuditNote[]): AuditText[] {
  const open = new Map<string, GrowingText>();
  const texts: GrowingText[] = [];
  for (const note of notes) {
    let text = open.get(note.tenant);
    if (text === undefined || !text.hasRoom(note.at)) {
      text = new GrowingText(note);
      open.set(note.tenant, text);
      texts.push(text);
    }
    text.add(note.at, lineOf(hashName, note));
  }
  return texts.map((text) => text.whole());
}

class GrowingText {
  readonly #tenant: string;
  readonly #lines: AuditLine[] = [];
  #firstAt: number;
  #lastAt: number;

  constructor({ tenant, at }: AuditNote) {
    this.#tenant = tenant;
    this.#firstAt = at;
    this.#lastAt = at;
  }

  hasRoom(at: number): boolean {
    return (
      this.#lines.length < blockEntriesMax &&
      at - this.#firstAt <= blockMsMax &&
      this.#lastAt - at <= blockMsMax
    );
  }

  add(at: number, line: AuditLine): void {
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#lines.push(line);
  }

  whole(): AuditText {
    return {
      tenant: this.#tenant,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      entries: JSON.stringify(this.#lines),
    };
  }
}

function lineOf(hashName: HashName, note: AuditNote): AuditLine {
  const { at, action, keyId, address, tenant, subject, status, cause, requestId } = note;
  const { durationMs, calls } = note;
  const record =
    subject === null || typeof subject === 'string'
      ? subject
      : shownHash + hashName(tenant, subject);
  const line = [at, action, keyId, address, record, status, cause, requestId] as const;
  if (calls !== undefined) return [...line, durationMs, calls];
  return durationMs === null ? line : [...line, durationMs];
}
