// PUTs that come together are written together, some of a project in a transaction: they share its
// beginning, its look at what is there and its commit.

import type { PutInput, PutOutput } from './puts.js';

/** Transactions under way at the same time; what comes meanwhile goes with the next one. */
const groupsMax = 4;
/** PUTs in one transaction. */
const putsMax = 16;

/** Resolves after the commit. `onApplied`: told before each commit. */
type WriteGroup = (
  inputs: readonly PutInput[],
  deadline: number,
  onApplied: () => void,
) => Promise<readonly PutOutput[]>;

interface Pending {
  readonly input: PutInput;
  readonly deadline: number;
  readonly resolve: (output: PutOutput) => void;
  readonly reject: (error: unknown) => void;
}

export class PutGroups {
  readonly #write: WriteGroup;
  /** Of each project. */
  #waiting = new Map<string, Pending[]>();
  #underWay = 0;

  constructor(write: WriteGroup) {
    this.#write = write;
  }

  /** A PUT without conditions. */
  put(input: PutInput, deadline: number): Promise<PutOutput> {
    return new Promise((resolve, reject) => {
      const { tenant } = input.project;
      let pending = this.#waiting.get(tenant);
      if (pending === undefined) {
        pending = [];
        this.#waiting.set(tenant, pending);
        // What arrives in one turn of the event loop goes together.
        setImmediate(() => this.#send());
      }
      pending.push({ input, deadline, resolve, reject });
    });
  }

  #send(): void {
    for (const [tenant, pending] of this.#waiting) {
      if (this.#underWay >= groupsMax) return;
      const { group, left } = takeGroup(pending);
      // Behind the others: a project that writes very much does not hold them up.
      this.#waiting.delete(tenant);
      if (left.length > 0) this.#waiting.set(tenant, left);
      this.#underWay += 1;
      void this.#carryOut(group).finally(() => {
        this.#underWay -= 1;
        this.#send();
      });
    }
    // A map that entries come to and go from keeps old ones in memory for long.
    this.#waiting = new Map();
  }

  async #carryOut(group: readonly Pending[]): Promise<void> {
    let isApplied = false;
    const onApplied = () => {
      isApplied = true;
    };
    try {
      const inputs = group.map(({ input }) => input);
      // Of the one that has waited longest.
      const outputs = await this.#write(inputs, group[0]!.deadline, onApplied);
      for (const [place, { resolve }] of group.entries()) resolve(outputs[place]!);
    } catch (error) {
      if (group.length === 1 || isApplied) {
        for (const { reject } of group) reject(error);
        return;
      }
      // No commit was sent, so nothing of it was written: what fails one must not fail the others.
      await Promise.all(group.map((pending) => this.#carryOut([pending])));
    }
  }
}

/** From the front, none of a name that another one has. */
function takeGroup(pending: readonly Pending[]): { group: Pending[]; left: Pending[] } {
  const group: Pending[] = [];
  const left: Pending[] = [];
  const taken = new Set<string>();
  let at = 0;
  for (; at < pending.length && group.length < putsMax; at++) {
    const names = namesIn(pending[at]!);
    if (names.some((name) => taken.has(name))) {
      left.push(pending[at]!);
      continue;
    }
    for (const name of names) taken.add(name);
    group.push(pending[at]!);
  }
  return { group, left: [...left, ...pending.slice(at)] };
}

function namesIn({ input: { write } }: Pending): string[] {
  const { id, sharedId, aliases } = write;
  const names = sharedId === null ? aliases : [sharedId, ...aliases];
  return [`id\n${id}`, ...names.map((name) => `shared_id\n${name}`)];
}
