// Data keys: one a project, wrapped by the master key, renewed long before it has sealed too much.

import { randomBytes } from 'node:crypto';
import type { MasterKeys } from '../master-key.js';
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

/** A new data key of a project, wrapped. */
export function newWrappedDataKey(masterKeys: MasterKeys, tenant: string): Uint8Array {
  return masterKeys.wrap(purposeOf(tenant), randomBytes(32));
}

/** Throws where none of the master keys wrapped it. */
export function unwrapDataKey(
  masterKeys: MasterKeys,
  tenant: string,
  { number, wrapped }: Pick<DataKeyRow, 'number' | 'wrapped'>,
): DataKey {
  const key = masterKeys.unwrap(purposeOf(tenant), wrapped);
  if (key !== undefined) return { number, key };
  throw new Error(
    `The data key ${number} of tenant ${tenant} does not unwrap: its master key is missing; give ` +
      'all master keys that are in use, the current one first.',
  );
}

/** The same key, wrapped by the current master key. */
export function rewrapDataKey(
  masterKeys: MasterKeys,
  tenant: string,
  row: Pick<DataKeyRow, 'number' | 'wrapped'>,
): Uint8Array {
  return masterKeys.wrap(purposeOf(tenant), unwrapDataKey(masterKeys, tenant, row).key);
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
