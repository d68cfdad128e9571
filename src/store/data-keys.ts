// Data keys: one a project, wrapped by the master key, renewed long before it has sealed too much.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../master-key.js';
import type { MasterKeyRing } from '../master-key-source.js';
import type { DataKey } from '../sealing.js';

/**
 * Seals after which a key is renewed. With random nonces AES-GCM allows 2^32 (NIST SP 800-38D,
 * 8.3); a write may seal a few more states than its own, those that lose a name to it.
 */
export const sealsMax = 2 ** 28;
/** Seals that a process takes at a time, so that the count costs next to nothing. */
export const sealsReserved = 2 ** 16;

/** Keys that are wrapped anew in one step, so that writes go on between. */
export const rewrappedMax = 100;

export interface DataKeyRow {
  readonly number: number;
  readonly wrapped: Uint8Array;
  readonly seals: number;
}

/**
 * A new data key of a project, wrapped by the master key that wraps the store's own key now, which
 * the caller has read in the same transaction: of two processes that know different master keys,
 * none wraps by one that a rotation has left behind, or that the other does not know yet.
 */
export function newWrappedDataKey(
  masterKeys: MasterKeyRing,
  tenant: string,
  wrappedHashKey: Uint8Array,
): Uint8Array {
  const keys = masterKeys.keysFor(wrappedHashKey);
  if (!keys.has(wrappedHashKey)) throw missing("The store's own key");
  return keys.wrapLike(wrappedHashKey, purposeOf(tenant), randomBytes(32));
}

/** Throws where none of the master keys wrapped it. */
export function unwrapDataKey(
  masterKeys: MasterKeyRing,
  tenant: string,
  { number, wrapped }: Pick<DataKeyRow, 'number' | 'wrapped'>,
): DataKey {
  const keys = masterKeys.keysFor(wrapped);
  const key = keys.unwrap(purposeOf(tenant), wrapped);
  if (key !== undefined) return { number, key };
  const name = `The data key ${number} of tenant ${tenant}`;
  if (!keys.has(wrapped)) throw missing(name);
  throw new Error(`${name} does not unwrap: it was changed in the database; restore a backup.`);
}

/** The same key, wrapped by the current master key. */
export function rewrapDataKey(
  masterKeys: MasterKeyRing,
  tenant: string,
  row: Pick<DataKeyRow, 'number' | 'wrapped'>,
): Uint8Array {
  const { key } = unwrapDataKey(masterKeys, tenant, row);
  return masterKeys.keys.wrap(purposeOf(tenant), key);
}

/** Throws where data keys are wrapped by master keys that are not given. */
export function checkAllUnwrap(count: number): void {
  if (count === 0) return;
  throw new Error(
    `${count} data keys of projects are wrapped by a master key that is not given; put it back, ` +
      'as a line after the current one, and rotate before you remove it again.',
  );
}

/** How data keys are wrapped. */
export interface WrapperCounts {
  readonly current: number;
  /** By one of the other master keys that are given. */
  readonly older: number;
  readonly missing: number;
}

/** From the number of keys of each wrapper, the first nine bytes of what is wrapped. */
export function countWrappers(
  masterKeys: MasterKeys,
  rows: readonly { readonly wrapper: Uint8Array; readonly count: number }[],
): WrapperCounts {
  const counts = { current: 0, older: 0, missing: 0 };
  for (const { wrapper, count } of rows) {
    if (masterKeys.isCurrent(wrapper)) counts.current += count;
    else if (masterKeys.has(wrapper)) counts.older += count;
    else counts.missing += count;
  }
  return counts;
}

function missing(name: string): Error {
  return new Error(
    `${name} does not unwrap: its master key is missing; give all master keys that are in use, ` +
      'the current one first.',
  );
}

function purposeOf(tenant: string): string {
  return `baton data key of ${tenant}`;
}

/** Which key a process seals with now, a project; the count of its seals is taken in advance. */
export class SealBudget {
  readonly #reserve: (tenant: string) => Promise<number>;
  readonly #left = new Map<string, { readonly keyNumber: number; seals: number }>();
  readonly #reserving = new Map<string, Promise<void>>();

  /** `reserve` counts `sealsReserved` more seals durably and gives the key's number. */
  constructor(reserve: (tenant: string) => Promise<number>) {
    this.#reserve = reserve;
  }

  /** Does a write with the number of the key that it seals with: at once, but for now and then. */
  async spend<Result>(
    tenant: string,
    write: (keyNumber: number) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      const left = this.#left.get(tenant);
      if (left !== undefined && left.seals > 0) {
        left.seals -= 1;
        return write(left.keyNumber);
      }
      await this.#reserveMore(tenant);
    }
  }

  /** Resolves when nobody waits for seals. */
  async idle(): Promise<void> {
    while (this.#reserving.size > 0) await Promise.allSettled(this.#reserving.values());
  }

  #reserveMore(tenant: string): Promise<void> {
    const underWay = this.#reserving.get(tenant);
    if (underWay !== undefined) return underWay;
    const reserving = this.#reserve(tenant)
      .then((keyNumber) => void this.#left.set(tenant, { keyNumber, seals: sealsReserved }))
      .finally(() => this.#reserving.delete(tenant));
    this.#reserving.set(tenant, reserving);
    return reserving;
  }
}
