// Makes calls to one server and writes down each: what was asked, when, and what came of it.

import { BatonClient, BatonClientError, isMissing } from '../../../client/src/index.js';
import type { Content, Operation, Outcome } from '../../history/operation.js';
import { type StateData, stateData, storedContent } from './state-data.js';

/** A server that has not answered by then breaks its promise to answer in time. */
const answerSecondsMax = 10;

export interface Project {
  readonly account: string;
  readonly project: string;
  readonly apiKey: string;
}

type Asked = Pick<Operation, 'kind' | 'id' | 'claimed' | 'number'>;
interface Answer {
  readonly id: string;
  readonly version: number | undefined;
  readonly data: unknown;
}

/** What several recorders have written down together. */
export class Log {
  readonly operations: Operation[] = [];
  #number = 0;

  /** A number for a write, unlike any other. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }
}

export class Recorder {
  readonly server: string;
  /** When the last write began that was acknowledged. */
  acknowledgedBegan = Number.NEGATIVE_INFINITY;
  readonly #client: BatonClient;
  readonly #log: Log;

  constructor(server: { name: string; url: string }, project: Project, log: Log) {
    this.server = server.name;
    this.#log = log;
    this.#client = new BatonClient({
      url: server.url,
      ...project,
      retries: 0,
      timeoutSeconds: answerSecondsMax,
    });
  }

  put(id: string, sharedId: string, claimed?: string): Promise<Operation> {
    const number = this.#log.nextNumber();
    const data = stateData({ put: number });
    return this.#record(
      { kind: 'put', id, number, ...(claimed === undefined ? {} : { claimed }) },
      () => this.#client.put<StateData>({ id, sharedId, data }),
    );
  }

  patch(id: string): Promise<Operation> {
    const number = this.#log.nextNumber();
    const data = stateData({ patch: number });
    return this.#record({ kind: 'patch', id, number }, () => this.#client.patch({ id }, { data }));
  }

  erase(id: string): Promise<Operation> {
    return this.#record({ kind: 'erase', id }, async () => {
      await this.#client.erase({ id });
      return 'erased';
    });
  }

  lookUp(id: string): Promise<Operation> {
    return this.#record({ kind: 'look-up', id }, () => this.#client.get({ id }));
  }

  /** By a shared id that no other id claims. */
  lookUpShared(id: string, sharedId: string): Promise<Operation> {
    return this.#record({ kind: 'look-up', id }, () => this.#client.get({ sharedId }));
  }

  /** By a shared id that wanders between ids. */
  lookUpClaimed(claimed: string): Promise<Operation> {
    return this.#record({ kind: 'look-up', id: '', claimed }, () =>
      this.#client.get({ sharedId: claimed }),
    );
  }

  wait(id: string, waitSeconds: number): Promise<Operation> {
    return this.#record({ kind: 'wait', id }, () => this.#client.get({ id }, { waitSeconds }));
  }

  async #record(asked: Asked, call: () => Promise<Answer | 'erased'>): Promise<Operation> {
    const began = performance.now();
    let outcome: Outcome;
    let foundId = asked.id;
    try {
      const answer = await call();
      outcome = answer === 'erased' ? { result: 'erased' } : shown(answer);
      if (answer !== 'erased' && asked.id === '') foundId = answer.id;
    } catch (error) {
      outcome = failed(error);
    }
    const ended = performance.now();
    const operation = { ...asked, id: foundId, server: this.server, began, ended, outcome };
    this.#log.operations.push(operation);
    if (isAcknowledged(operation)) this.acknowledgedBegan = Math.max(this.acknowledgedBegan, began);
    return operation;
  }
}

/** Whether it is a write and its answer promised that it is kept. */
export function isAcknowledged({ kind, outcome }: Operation): boolean {
  const isWrite = kind === 'put' || kind === 'patch' || kind === 'erase';
  return isWrite && (outcome.result === 'state' || outcome.result === 'erased');
}

function shown({ version, data }: Answer): Outcome {
  const content: Content | undefined = storedContent(data);
  return content === undefined || version === undefined
    ? { result: 'wrong', found: `data that nobody wrote: ${JSON.stringify(data)}` }
    : { result: 'state', version, content };
}

function failed(error: unknown): Outcome {
  if (isMissing(error)) return { result: 'nothing' };
  if (!(error instanceof BatonClientError)) throw error;
  if (error.code === 'unavailable') return { result: 'unknown' };
  if (error.code === 'network') return { result: error.outcomeUnknown ? 'unknown' : 'undone' };
  return { result: 'wrong', found: `${error.status ?? 'no status'}, ${error.message}` };
}
