// Turns what the schema check found into one sentence: where, what was found, what to give.

import type { FastifyRequest } from 'fastify';
import { pointerCure } from '../json-pointer.js';
import { nearest } from '../nearest.js';

type Invalid = {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
};

/** Names the place and the type or length of what was found there, never the value. */
export function explainInvalid(
  found: readonly Invalid[],
  part: string | undefined,
  request: FastifyRequest,
): string {
  const { keyword, instancePath, params } = found[0]!;
  const root = part === 'body' ? request.body : part === 'params' ? request.params : request.query;
  const path = instancePath.split('/').slice(1);
  const place = path.length === 0 ? partName(part) : path.join('.');
  const value = path.reduce<unknown>(memberOf, root);
  const isQuery = part === 'querystring';
  if (isQuery && value === null) {
    return `${place}: found a percent-encoding that is not UTF-8; encode the value as UTF-8.`;
  }

  switch (keyword) {
    case 'required':
      return `${String(params['missingProperty'])}: found nothing; this ${nounOf(part)} is needed.`;
    case 'additionalProperties':
      return explainUnknown(String(params['additionalProperty']), part, request);
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return `${place}: found ${describe(value)}; give ${boundOf(keyword, params)}.`;
    case 'minimum':
    case 'maximum':
      return `${place}: found a number out of range; give ${boundOf(keyword, params)}.`;
    case 'pattern':
      return `${place}: found ${describe(value)} with a character or form that is not allowed; ${hintOf(place)}`;
    case 'enum':
      return `${place}: found ${describe(value)}; give one of ${(params['allowedValues'] as unknown[]).join(', ')}.`;
    case 'type':
      return `${place}: found ${describe(value)}; give ${wantedType(params['type'])}${isQuery ? ', once' : ''}.`;
    default:
      return `${place}: found ${describe(value)} that does not fit; see /docs for what fits.`;
  }
}

/** The type and size of a value, in words. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${[...value].length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return describeNumber(value);
  if (typeof value === 'boolean') return 'true or false';
  return 'an object';
}

/** Beyond what a double holds, a number is read as infinity. */
function describeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'a number that is far too large';
  return Number.isInteger(value) ? 'a number' : 'a fraction';
}

function explainUnknown(name: string, part: string | undefined, request: FastifyRequest): string {
  const schemas = request.routeOptions.schema as
    | Record<string, { properties?: object }>
    | undefined;
  const near = nearest(name, Object.keys(schemas?.[part ?? '']?.properties ?? {}));
  const hint = near === undefined ? 'the known ones are in /docs.' : `did you mean ${near}?`;
  return `${partName(part)}: found an unknown ${nounOf(part)} of ${name.length} characters; ${hint}`;
}

function partName(part: string | undefined): string {
  if (part === 'querystring') return 'query';
  return part ?? 'request';
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[name];
}

function nounOf(part: string | undefined): string {
  return part === 'body' ? 'member' : 'parameter';
}

function boundOf(keyword: string, params: Record<string, unknown>): string {
  const bound = `${keyword.startsWith('min') ? 'at least' : 'at most'} ${String(params['limit'])}`;
  if (keyword.endsWith('Length')) return `${bound} characters`;
  return keyword.endsWith('Items') ? `${bound} items` : bound;
}

function hintOf(place: string): string {
  if (place === 'from' || place === 'to') return 'give a time such as 2026-11-22T10:00:00Z.';
  if (place === 'limit' || place === 'wait') return 'give a whole number.';
  if (/^(?:sensitive_fields|view\.allow)\./.test(place)) return `${pointerCure}.`;
  if (place === 'view') return 'give full, masked or {"allow": […]}.';
  return 'leave out control characters and unpaired surrogates.';
}

function wantedType(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]) as string[];
  const words: Record<string, string> = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    array: 'a list',
    object: 'a JSON object',
    null: 'null',
    boolean: 'true or false',
  };
  return names.map((name) => words[name] ?? name).join(' or ');
}
