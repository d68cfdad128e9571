// The steps that are done to every system alike, made at random by fast-check.

import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { HandoffName, Preconditions } from '../../src/handoff.js';
import type { HandoffFilter } from '../../src/store/store.js';
import type { TestClock } from '../support/server.js';
import type { HandoffModel } from './handoff-model.js';
import type { System } from './system.js';

export interface Systems {
  readonly clock: TestClock;
  readonly systems: Readonly<Record<string, System>>;
}

/** Done to the model first; what the others give must be the same. */
class Step implements fc.AsyncCommand<HandoffModel, Systems> {
  readonly #text: string;
  readonly #plan: (model: HandoffModel) => (system: System) => Promise<unknown>;

  constructor(text: string, plan: (model: HandoffModel) => (system: System) => Promise<unknown>) {
    this.#text = text;
    this.#plan = plan;
  }

  check(): boolean {
    return true;
  }

  async run(model: HandoffModel, { clock, systems }: Systems): Promise<void> {
    clock.advance(1);
    const act = this.#plan(model);
    const expected = await act(model);
    for (const [name, system] of Object.entries(systems)) {
      expect(await act(system), `${name}: ${this.#text}`).toEqual(expected);
    }
  }

  toString(): string {
    return this.#text;
  }
}

/** Lets time go by, and after a month of it the purge drops what is old. */
class Pause implements fc.AsyncCommand<HandoffModel, Systems> {
  readonly #milliseconds: number;
  readonly #purges: boolean;

  constructor(milliseconds: number, purges: boolean) {
    this.#milliseconds = milliseconds;
    this.#purges = purges;
  }

  check(): boolean {
    return true;
  }

  async run(model: HandoffModel, { clock, systems }: Systems): Promise<void> {
    clock.advance(this.#milliseconds);
    if (!this.#purges) return;
    for (const system of [model, ...Object.values(systems)]) await system.purge();
  }

  toString(): string {
    return `pause(${this.#milliseconds} ms${this.#purges ? ', purge' : ''})`;
  }
}

// Few names, so that they meet; one of them is an id and a shared id.
const id = fc.constantFrom('one', 'two', 'three');
const sharedName = fc.constantFrom('x', 'y', 'z', 'one');
const name: fc.Arbitrary<HandoffName> = fc.oneof(
  fc.record({ kind: fc.constant('id' as const), value: id }),
  fc.record({ kind: fc.constant('shared_id' as const), value: sharedName }),
);
const sharedId = fc.option(sharedName);
const aliases = fc.array(sharedName, { maxLength: 3 });
const ttlSeconds = fc.constantFrom(null, 1, 2, 60, 3_600);
const dataText = fc.constantFrom('{}', '{"a":1}', '{"a":{"b":"é😀","c":2}}', '{"c":3,"a":"x"}');
const dataPatchText = fc.constantFrom('{}', '{"a":null}', '{"a":{"b":null,"d":4}}', '{"e":"y"}');
const conditions = fc.constantFrom('none', 'none', 'none', 'current', 'stale', 'any', 'absent');

function preconditionsOf(model: HandoffModel, of: HandoffName, wanted: string): Preconditions {
  const version = model.versionOf(of);
  switch (wanted) {
    case 'current':
      return { ifMatch: [version] };
    case 'stale':
      return { ifMatch: [version + 1, version + 7] };
    case 'any':
      return { ifMatch: '*' };
    case 'absent':
      return { ifNoneMatch: '*' };
    default:
      return {};
  }
}

const put = fc
  .record({ write: fc.record({ id, sharedId, aliases, dataText, ttlSeconds }), conditions })
  .map(
    (given) =>
      new Step(`put(${JSON.stringify(given)})`, (model) => {
        const of = { kind: 'id', value: given.write.id } as const;
        const preconditions = preconditionsOf(model, of, given.conditions);
        return (system) => system.put(given.write, preconditions);
      }),
  );

const patch = fc
  .record({
    name,
    patch: fc.record(
      { sharedId, aliases: fc.option(aliases), dataPatchText, ttlSeconds },
      { requiredKeys: [] },
    ),
    conditions: conditions.filter((wanted) => wanted !== 'absent'),
  })
  .map(
    (given) =>
      new Step(`patch(${JSON.stringify(given)})`, (model) => {
        const preconditions = preconditionsOf(model, given.name, given.conditions);
        return (system) => system.patch(given.name, given.patch, preconditions);
      }),
  );

const erase = fc
  .record({ name, conditions: conditions.filter((wanted) => wanted !== 'absent') })
  .map(
    (given) =>
      new Step(`erase(${JSON.stringify(given)})`, (model) => {
        const preconditions = preconditionsOf(model, given.name, given.conditions);
        return (system) => system.erase(given.name, preconditions);
      }),
  );

const lookUp = name.map(
  (given) => new Step(`lookUp(${JSON.stringify(given)})`, () => (system) => system.lookUp(given)),
);

const filter: fc.Arbitrary<HandoffFilter> = fc.oneof(
  fc.constant({}),
  fc.record({ status: fc.constantFrom('expired' as const, 'erased' as const) }),
  id.map((value) => ({ id: value })),
  sharedName.map((value) => ({ sharedId: value })),
);
const list = filter.map(
  (given) => new Step(`list(${JSON.stringify(given)})`, () => (system) => system.list(given)),
);

const pause = fc.constantFrom(
  new Pause(999, false),
  new Pause(1_000, false),
  new Pause(60_000, true),
  new Pause(3_600_000, false),
  new Pause(31 * 86_400_000, true),
);

/** Sequences of steps; `arbitrary` weighted by how often it occurs. */
export const steps = fc.commands([put, put, patch, erase, lookUp, lookUp, lookUp, list, pause], {
  maxCommands: 80,
  size: 'max',
});

/** Every name and the whole list, once more at the end. */
export const everything: readonly Step[] = [
  ...['one', 'two', 'three'].map((value) => ({ kind: 'id', value }) as const),
  ...['x', 'y', 'z', 'one'].map((value) => ({ kind: 'shared_id', value }) as const),
]
  .map((of) => new Step(`lookUp(${of.kind} ${of.value})`, () => (system) => system.lookUp(of)))
  .concat(new Step('list({})', () => (system) => system.list({})));
