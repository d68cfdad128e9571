// Opens stored records one by one, and names those that are broken.

import type { MasterKeys } from '../master-key.js';
import type { HashName } from '../name-hash.js';
import type { WrapperCounts } from './data-keys.js';
import { type Finding, ok, problem, warning } from './finding.js';
import { namesOf } from './handoff-rows.js';
import {
  type FindDataKey,
  hashOfStored,
  keyNumberOfRow,
  openContent,
  type StoredRow,
  shownHash,
} from './stored-states.js';

/** Records in one step: what is written meanwhile goes on between two of them. */
export const examinedTogether = 1_000;
/** Records that are named at most. */
const namedMax = 10;

/** Told how many records are examined, of how many. */
export type OnProgress = (examined: number, all: number) => void;

export class RecordExamination {
  readonly #hashName: HashName;
  readonly #all: number;
  readonly #onProgress: OnProgress;
  #opened = 0;
  #inClear = 0;
  #broken = 0;
  readonly #named: string[] = [];

  /** `all`: how many records there were at the beginning. */
  constructor(hashName: HashName, all: number, onProgress: OnProgress) {
    this.#hashName = hashName;
    this.#all = all;
    this.#onProgress = onProgress;
  }

  /**
   * Opens a record of the project with this name. `ownerOf` gives the id of the state that a name
   * leads to, all as rows hold them.
   */
  examine(
    project: { readonly name: string; readonly tenant: string },
    row: StoredRow,
    ownerOf: (name: string) => string | undefined,
    findKey: FindDataKey,
  ): void {
    const { tenant } = project;
    this.#opened += 1;
    if (this.#opened % examinedTogether === 0) this.#tell();
    if (keyNumberOfRow(row) === undefined) this.#inClear += 1;
    if (opens(tenant, row, findKey) && namesOf(row).every((name) => ownerOf(name) === row.id))
      return;

    this.#broken += 1;
    if (this.#named.length === namedMax) return;
    const hash = hashOfStored(this.#hashName, tenant, { kind: 'id', value: row.id });
    this.#named.push(`${project.name} ${shownHash}${hash}`);
  }

  /** Some may have come or gone meanwhile. */
  #tell(): void {
    this.#onProgress(Math.min(this.#opened, this.#all), this.#all);
  }

  /** At the end. */
  finding(): Finding {
    this.#onProgress(this.#all, this.#all);
    const count = this.#opened.toLocaleString('en');
    if (this.#opened === 0) return ok('records', 'none');
    const clear = this.#inClear.toLocaleString('en');
    const inClear = this.#inClear === 0 ? '' : `; ${clear} in clear, from an older version`;
    if (this.#broken === 0) return ok('records', `all ${count} open${inClear}`);
    const others = this.#broken - this.#named.length;
    const more = others === 0 ? '' : ` and ${others} more`;
    return problem(
      'records',
      `${this.#broken.toLocaleString('en')} of ${count} broken: ${this.#named.join(', ')}${more}`,
      'baton put FILE  # write them again, erase them, or restore the last backup',
    );
  }
}

/** By which master keys the keys of the store are wrapped, its own and those of projects. */
export function wrapperFinding(kinds: readonly WrapperCounts[], masterKeys: MasterKeys): Finding {
  const sum = (by: keyof WrapperCounts) => kinds.reduce((count, kind) => count + kind[by], 0);
  const [older, missing] = [sum('older'), sum('missing')];
  const all = sum('current') + older + missing;
  const check = 'wrapped keys';
  if (missing > 0) {
    const found = `${missing} of ${all} by a master key that is not given`;
    return problem(check, found, 'baton doctor --master-key-file A-FILE-WITH-EVERY-KEY');
  }
  if (older > 0) {
    const found = `${older} of ${all} by an older master key`;
    return warning(check, found, 'baton master-key rotate');
  }
  const unused = masterKeys.ids.length - 1;
  const spare = unused === 0 ? '' : `; older ones that wrap nothing: ${unused}`;
  return ok(check, `${all} by the current master key${spare}`);
}

/** Whatever the reason, it is not to be had. */
function opens(tenant: string, row: StoredRow, findKey: FindDataKey): boolean {
  try {
    openContent(tenant, row, findKey);
    return true;
  } catch {
    return false;
  }
}
