// Calls that are not let in, of which anybody can make any number: so many leave an audit entry each,
// the others are counted, and entries by address, key and status say how many they were.

import { type AuditNote, nobodysTenant } from '../audit.js';
import type { ErrorCode } from '../error.js';
import { limits } from '../limits.js';
import { TokenBucket } from '../token-bucket.js';

/** Stands for the addresses beyond those that are counted one by one. */
const others = 'others';

/** What those that are counted together have in common; the cause goes with the status. */
interface Refusal {
  readonly address: string;
  readonly keyId: string | null;
  readonly status: number;
  readonly cause: ErrorCode | null;
}

interface Counted extends Refusal {
  calls: number;
}

export class Strangers {
  readonly #elapsedMs: () => number;
  readonly #entries = new TokenBucket({
    perSecond: limits.auditStrangersPerSecond,
    burst: limits.auditStrangersBurst,
  });
  #counted = new Map<string, Counted>();

  /** `elapsedMs`: milliseconds of a clock that never goes back. */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Whether there were so many that this one is counted, and leaves no entry of its own. */
  count(refusal: Refusal): boolean {
    const now = this.#elapsedMs();
    if (this.#entries.hasToken(now)) {
      this.#entries.spend(now);
      return false;
    }
    const isKnown = this.#counted.has(nameOf(refusal));
    const isOne = isKnown || this.#counted.size < limits.auditStrangersMax;
    this.#of(isOne ? refusal : { ...refusal, address: others, keyId: null }).calls += 1;
    return true;
  }

  /** Entries of what was counted since it was last asked. */
  take(at: number): AuditNote[] {
    const counted = [...this.#counted.values()];
    this.#counted = new Map();
    const unknown = { tenant: nobodysTenant, subject: null, requestId: null, durationMs: null };
    return counted.map((one) => ({ at, action: 'refused', ...unknown, ...one }));
  }

  #of(refusal: Refusal): Counted {
    const name = nameOf(refusal);
    const counted = this.#counted.get(name) ?? { ...refusal, calls: 0 };
    this.#counted.set(name, counted);
    return counted;
  }
}

function nameOf({ address, keyId, status }: Refusal): string {
  return `${address} ${keyId} ${status}`;
}
