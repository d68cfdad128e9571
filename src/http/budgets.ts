// The budgets of keys, projects and addresses: who has used up one is answered 429.
// They are this process's own: so many servers give so many times as much.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LimitConfig } from '../config-limits.js';
import { BatonError } from '../error.js';
import { limits } from '../limits.js';
import { Buckets, off, type Rate, TokenBucket } from '../token-bucket.js';

export const budgetNames = ['key', 'project', 'not_found', 'failed_keys', 'sign_in'] as const;
export type BudgetName = (typeof budgetNames)[number];

/** What the requests of a key, to a project where the path names one, are counted against. */
export interface Spending {
  readonly key: TokenBucket;
  readonly project: TokenBucket;
  readonly notFound: TokenBucket;
}

/** What was used up, and what to do. */
const messages: Readonly<Record<BudgetName, string>> = {
  key: 'The budget of this API key is used up; try again after Retry-After seconds.',
  project: 'The budget of this project is used up; try again after Retry-After seconds.',
  not_found:
    'This API key was told too often that there is nothing; look up only what was announced, and ' +
    'try again after Retry-After seconds.',
  failed_keys:
    'Too many requests with a wrong API key, link or session came from this address; check it, ' +
    'since a right one is let in at any time.',
  sign_in:
    'Too many tries to sign in with a wrong key came from this address; try again after Retry-After ' +
    'seconds.',
};

type Rates = Pick<LimitConfig, 'rateKey' | 'rateProject' | 'rateFailedKeys' | 'rateNotFound'>;

/** Of requests that name no project. */
const unlimited = new TokenBucket(off);

/** Few, since it is people who sign in. */
const failedSignIns: Rate = {
  perSecond: 1 / limits.signInFailureSeconds,
  burst: limits.signInFailuresMax,
};

export class Budgets {
  /** How many requests each budget has refused. */
  readonly refused: Record<BudgetName, number> = {
    key: 0,
    project: 0,
    not_found: 0,
    failed_keys: 0,
    sign_in: 0,
  };
  readonly #elapsedMs: () => number;
  readonly #byKey: Buckets;
  readonly #byProject: Buckets;
  readonly #notFoundByKey: Buckets;
  readonly #failedByAddress: Buckets;
  readonly #signInsByAddress: Buckets;

  /** `elapsedMs`: milliseconds of a clock that never goes back. */
  constructor(rates: Rates, elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
    this.#byKey = new Buckets(rates.rateKey, limits.budgetsMax);
    this.#byProject = new Buckets(rates.rateProject, limits.budgetsMax);
    this.#notFoundByKey = new Buckets(rates.rateNotFound, limits.budgetsMax);
    this.#failedByAddress = new Buckets(rates.rateFailedKeys, limits.budgetsMax);
    this.#signInsByAddress = new Buckets(failedSignIns, limits.budgetsMax);
  }

  spendingOf(keyId: string, tenant: string | undefined): Spending {
    return {
      key: this.#byKey.of(keyId),
      project: tenant === undefined ? unlimited : this.#byProject.of(tenant),
      notFound: this.#notFoundByKey.of(keyId),
    };
  }

  /**
   * Counts a request that was let in. Throws `rate_limited` and counts nothing where a budget is
   * used up. `mayMiss`: whether it may be answered that there is nothing; what a key that was told
   * so too often would find is then kept from it too, since to refuse only the rest tells as much.
   */
  spend({ spending }: FastifyRequest, reply: FastifyReply, mayMiss: boolean): void {
    const now = this.#elapsedMs();
    if (!spending.key.hasToken(now)) throw this.#refusal('key', spending.key, reply);
    if (!spending.project.hasToken(now)) throw this.#refusal('project', spending.project, reply);
    if (mayMiss && !spending.notFound.hasToken(now)) {
      throw this.#refusal('not_found', spending.notFound, reply);
    }
    spend(spending, now);
  }

  /** Counts an answer that there is nothing, and a wait that its reader has broken off. */
  noteNotFound({ spending }: FastifyRequest): void {
    spending?.notFound.spend(this.#elapsedMs());
  }

  /** Counts a wrong key from this address; the refusal where there were too many. */
  failedKey(address: string, reply: FastifyReply): BatonError | undefined {
    const bucket = this.#failedByAddress.of(networkOf(address));
    const now = this.#elapsedMs();
    if (!bucket.hasToken(now)) return this.#refusal('failed_keys', bucket, reply);
    bucket.spend(now);
    return undefined;
  }

  /**
   * What `attempt` gives, where this address has not signed in with wrong keys too often; else it is
   * refused, whatever it has by now, and `attempt` is not made.
   */
  async signIn<Result>(
    address: string,
    reply: FastifyReply,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const bucket = this.#signInsByAddress.of(networkOf(address));
    const now = this.#elapsedMs();
    if (!bucket.hasToken(now)) throw this.#refusal('sign_in', bucket, reply);
    // Beforehand, so that many at once are counted too.
    bucket.spend(now);
    let isWrong = false;
    try {
      return await attempt();
    } catch (error) {
      isWrong = error instanceof BatonError && error.code === 'unauthorized';
      throw error;
    } finally {
      if (!isWrong) bucket.giveBack();
    }
  }

  /** With the fields of draft-ietf-httpapi-ratelimit-headers-10. */
  #refusal(name: BudgetName, bucket: TokenBucket, reply: FastifyReply): BatonError {
    this.refused[name] += 1;
    const { perSecond, burst } = bucket.rate;
    const seconds = Math.max(1, Math.ceil(bucket.msUntilToken(this.#elapsedMs()) / 1000));
    reply.header('ratelimit-policy', `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}`);
    reply.header('ratelimit', `"${name}";r=0;t=${seconds}`);
    return new BatonError('rate_limited', messages[name], { retryAfterSeconds: seconds });
  }
}

/** Whether a look-up may be made, whether it finds something or not. */
export function mayLookUp({ key, project, notFound }: Spending, now: number): boolean {
  return key.hasToken(now) && project.hasToken(now) && notFound.hasToken(now);
}

/** Counts a request that has found what it looked for. */
export function spend({ key, project }: Spending, now: number): void {
  key.spend(now);
  project.spend(now);
}

/** An IPv4 address; of an IPv6 one the first 64 bits, since whoever has one has all below. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const missing = 8 - head!.length - (tail?.length ?? 0);
  const zeros = Array.from({ length: missing }, () => '0');
  return [...head!, ...zeros, ...(tail ?? [])].slice(0, 4).join(':');
}
