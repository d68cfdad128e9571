// Calls made up from an OpenAPI document: those that fit it, and those that miss it by a little.

import * as fc from 'fast-check';
import type { Operation, Parameter, Schema } from './openapi-operations.js';

export interface MadeUpCall {
  readonly operation: Operation;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the document says that the call is right. */
  readonly isValid: boolean;
}

/** What a call may name so that it meets something: values by parameter or member name. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

interface Made<Value> {
  readonly value: Value;
  readonly isValid: boolean;
}

/** A call of the operation, with one of the keys or, now and then, without. */
export function callOf(
  operation: Operation,
  pool: Pool,
  keys: { readonly good: string; readonly others: readonly string[] },
): fc.Arbitrary<MadeUpCall> {
  const parameters = operation.parameters.map((one) => parameterValue(one, pool));
  const rightKey = fc.constant({ value: keys.good, isValid: true });
  const otherKey = fc.constantFrom(...keys.others).map((value) => ({ value, isValid: false }));
  return fc
    .tuple(
      fc.tuple(...parameters),
      fc.oneof({ weight: 12, arbitrary: rightKey }, { weight: 1, arbitrary: otherKey }),
      operation.body === undefined ? fc.constant(undefined) : bodyOf(operation.body, pool),
    )
    .map(([values, key, body]) => {
      const given = (place: Parameter['in']) =>
        values.flatMap((made, index) => {
          const parameter = operation.parameters[index]!;
          return parameter.in === place && made.value !== undefined
            ? [[parameter.name, made.value] as const]
            : [];
        });
      const path = given('path').reduce(
        (so, [name, value]) => so.replace(`{${name}}`, () => value),
        operation.path,
      );
      const query = given('query').map(([name, value]) => `${name}=${value}`);
      const isKeyed = operation.permission !== null && key.value !== '';
      return {
        operation,
        target: query.length === 0 ? path : `${path}?${query.join('&')}`,
        headers: {
          ...Object.fromEntries(given('header')),
          ...(isKeyed ? { 'x-api-key': key.value } : {}),
          ...(body === undefined ? {} : { 'content-type': body.value.type }),
        },
        ...(body?.value.text === undefined ? {} : { body: body.value.text }),
        isValid:
          values.every(({ isValid }) => isValid) &&
          (key.isValid || operation.permission === null) &&
          body?.isValid !== false,
      };
    });
}

/** Ready for its place: percent-encoded in paths and queries. Undefined: left out. */
function parameterValue(parameter: Parameter, pool: Pool): fc.Arbitrary<Made<string | undefined>> {
  const known = (pool[parameter.name] ?? []).map(String);
  const isHeader = parameter.in === 'header';
  const encode = (value: unknown) => (isHeader ? String(value) : encodeURIComponent(String(value)));
  const values = known.length > 0 ? fc.constantFrom(...known) : fitting(parameter.schema, pool);
  const right = values
    .map(encode)
    .filter((text) => parameter.in === 'query' || text.length > 0)
    .map((value) => ({ value, isValid: true }));
  const wrong = fc
    .oneof(
      isHeader ? headerNoise : fc.string({ unit: 'binary', maxLength: 300 }).map(encode),
      fc.constantFrom('%', '%ff', '%00', '%ed%a0%80', 'a&a=b', '-1', '999999999999', '..'),
    )
    .filter((text) => isSendable(text, parameter))
    .map((value) => ({ value, isValid: false }));
  const left = fc.constant({ value: undefined, isValid: true });
  if (parameter.required === true) {
    return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
  }
  return fc.oneof(
    { weight: isHeader ? 2 : 8, arbitrary: right },
    { weight: 8, arbitrary: left },
    { weight: 1, arbitrary: wrong },
  );
}

const headerNoise = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });

/** A path part must not leave its place; and nothing may wait for longer than a test does. */
function isSendable(text: string, parameter: Parameter): boolean {
  if (parameter.in === 'path') return text !== '' && !/^(?:%2e|\.){1,2}$/i.test(text);
  return parameter.name !== 'Prefer' || !/wait/i.test(text);
}

function bodyOf(
  body: NonNullable<Operation['body']>,
  pool: Pool,
): fc.Arbitrary<Made<{ text: string | undefined; type: string }>> {
  const type = fc.constantFrom(...body.types);
  const right = fitting(body.schema, pool).map((value) => JSON.stringify(value));
  const near = fc
    .tuple(fitting(body.schema, pool), memberName(body.schema), fc.jsonValue())
    .map(([value, name, other]) => JSON.stringify({ ...(value as object), [name]: other }));
  const wrong = fc.oneof(
    near,
    fc.json(),
    right.map((text) => text.slice(0, -1)),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  const made = (text: fc.Arbitrary<string>, isValid: boolean) =>
    fc.record({ text, type }).map((value) => ({ value, isValid }));
  return fc.oneof(
    { weight: 8, arbitrary: made(right, true) },
    { weight: 4, arbitrary: made(wrong, false) },
    {
      weight: 1,
      arbitrary: fc
        .record({ text: right, type: fc.constantFrom('text/plain', 'application/json\ta', '') })
        .map((value) => ({ value, isValid: false })),
    },
  );
}

function memberName(schema: Schema): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...Object.keys(schema.properties ?? { a: {} })), fc.string());
}

/** A value that the schema allows; of what a name in the pool stands for, one of those. */
function fitting(schema: Schema, pool: Pool, name?: string): fc.Arbitrary<unknown> {
  const known = name === undefined ? undefined : pool[name];
  if (known !== undefined) return fc.constantFrom(...known);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => typedValue(type, schema, pool)));
}

function typedValue(type: string, schema: Schema, pool: Pool): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 2 ** 31 - 1 });
    case 'string':
      return fittingText(schema);
    case 'array': {
      const { minItems: minLength = 0, maxItems = 10 } = schema;
      const item = fitting(schema.items ?? {}, pool);
      return fc.array(item, { minLength, maxLength: Math.min(maxItems, 10) });
    }
    default:
      return schema.properties === undefined ? anyObject : members(schema, pool);
  }
}

const anyObject = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
  // JSON that the document cannot describe: a member of this name is refused at any depth.
  fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).includes('__proto__')),
  { maxKeys: 8 },
);

function members(schema: Schema, pool: Pool): fc.Arbitrary<object> {
  const values = Object.entries(schema.properties!).map(
    ([name, member]) => [name, fitting(member, pool, name)] as const,
  );
  return fc.record(Object.fromEntries(values), { requiredKeys: [...(schema.required ?? [])] });
}

function fittingText(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') {
    const [min, max] = [new Date('2020-01-01'), new Date('2040-01-01')];
    return fc.date({ min, max, noInvalidDate: true }).map((time) => time.toISOString());
  }
  const { minLength = 0, maxLength = 300 } = schema;
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u');
  if (pattern !== undefined && !pattern.source.includes('\\p')) return fc.stringMatching(pattern);
  return fc
    .string({ unit: 'grapheme', minLength, maxLength })
    .filter((value) => pattern?.test(value) !== false && [...value].length <= maxLength);
}
