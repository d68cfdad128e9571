// Completes the OpenAPI document that the routes gave: headers, examples, permissions, names.

import { type ErrorCode, statusOfCode } from '../error.js';
import { limits } from '../limits.js';
import { exampleOf } from './error-answers.js';
import { type AnswerDescription, type CallDescription, calls } from './openapi-calls.js';
import { curlOf } from './openapi-curl.js';
import type {
  Answer,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
  Schema,
} from './openapi-document.js';
import { answerHeaders, commonAnswerHeaders, requestHeaders } from './openapi-headers.js';

/** Parameters are text to the server; readers and generators want to know what the text is. */
const shownSchemas: Readonly<Record<string, Schema>> = {
  wait: { type: 'integer', minimum: 0, maximum: limits.waitSecondsMax },
  limit: { type: 'integer', minimum: 1, maximum: limits.listItemsMax },
  from: { type: 'string', format: 'date-time' },
  to: { type: 'string', format: 'date-time' },
};

const errorCodes = Object.keys(statusOfCode) as ErrorCode[];

/** What a route knows of a call that its schema does not say. */
export interface RouteFacts {
  readonly permission: string | null;
  readonly contentTypes: readonly string[];
}

interface Call extends RouteFacts {
  readonly method: Method;
  readonly path: string;
  readonly description: CallDescription;
}

/** `routes` by method and path. Throws for a call that `openapi-calls` does not describe. */
export function completed(
  raw: OpenApiDocument,
  routes: ReadonlyMap<string, RouteFacts>,
): OpenApiDocument {
  const schemas: Record<string, Schema> = {};
  const paths = nameSchemas(raw.paths, schemas) as OpenApiDocument['paths'];
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item) as [Method, Operation][]) {
      const call = `${method} ${path}`;
      const facts = routes.get(call);
      const description = calls[call];
      if (facts === undefined || description === undefined) {
        throw new Error(`openapi-calls does not describe ${call}`);
      }
      item[method] = completedCall(operation, { ...facts, method, path, description });
    }
    if (path.endsWith('/handoff_state')) item.head = headOf(item.get!);
  }
  const components = {
    ...raw.components,
    schemas,
    headers: answerHeaders,
    parameters: requestHeaders,
    examples: Object.fromEntries(errorCodes.map((code) => [code, exampleOf(code)])),
  };
  return { ...raw, components, paths };
}

/** Moves each schema with a title among the components, and leaves a reference to it. */
function nameSchemas(part: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(part)) return part.map((item) => nameSchemas(item, schemas));
  if (typeof part !== 'object' || part === null) return part;
  const copy: Schema = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, nameSchemas(value, schemas)]),
  );
  const { title, type } = copy;
  if (typeof title !== 'string') return copy;
  // A body that is left out is checked as null; one that is sent must be an object.
  schemas[title] = String(type) === 'object,null' ? { ...copy, type: 'object' } : copy;
  return { $ref: `#/components/schemas/${title}` };
}

function completedCall(operation: Operation, call: Call): Operation {
  const { description, permission } = call;
  const parameters = [
    ...(operation.parameters ?? []).map(shownParameter),
    ...(description.takes ?? []).map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
  const complete: Operation = {
    ...operation,
    operationId: description.operationId,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.requestBody === undefined ? {} : { requestBody: bodyOf(operation, call) }),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => [
        status,
        completedAnswer(answer, Number(status), description.answers?.[Number(status)] ?? {}),
      ]),
    ),
    ...(permission === null
      ? { security: operation.security ?? [] }
      : { 'x-permission': permission }),
  };
  const source = description.curl ?? curlOf(complete, { ...call, ...description });
  return { ...complete, 'x-codeSamples': [{ lang: 'Shell', label: 'curl', source }] };
}

/** The same for each content type that the call takes. */
function bodyOf(operation: Operation, { contentTypes, description }: Call) {
  const [media] = Object.values(operation.requestBody!.content);
  const shown = { ...media!, example: description.body };
  return {
    required: description.bodyIsOptional !== true,
    content: Object.fromEntries(contentTypes.map((type) => [type, shown])),
  };
}

function shownParameter(parameter: Parameter | Reference): Parameter | Reference {
  if ('$ref' in parameter) return parameter;
  return { ...parameter, schema: shownSchemas[parameter.name] ?? parameter.schema };
}

function completedAnswer(answer: Answer, status: number, more: AnswerDescription): Answer {
  const json = answer.content?.['application/json'];
  if (json !== undefined && more.example !== undefined) json.example = more.example;
  if (json?.examples !== undefined)
    json.examples = references('examples', Object.keys(json.examples));
  return {
    ...answer,
    description: more.description ?? answer.description,
    headers: references('headers', [...commonAnswerHeaders(status), ...(more.headers ?? [])]),
  };
}

/** By name, to components of these names. */
function references(kind: 'headers' | 'examples', names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));
}

/** HEAD answers as GET does, without a body. */
function headOf(get: Operation): Operation {
  const { 'x-codeSamples': _curl, ...rest } = get;
  const responses = Object.entries(get.responses).map(([status, { content: _body, ...answer }]) => [
    status,
    answer,
  ]);
  return {
    ...rest,
    operationId: 'probeHandoffState',
    summary: 'Ask for the headers of a handoff state',
    description: 'As the look-up, without its body.',
    responses: Object.fromEntries(responses),
  };
}
