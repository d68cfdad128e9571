// The calls that a server's own OpenAPI document describes, with its references followed.

import { send } from '../support/request.js';
import type { TestServer } from '../support/server.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  /** What the key must have; null: no key is needed. */
  readonly permission: string | null;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly required: boolean; readonly types: readonly string[]; schema: Schema };
  readonly answers: Readonly<Record<string, Answer>>;
  /** JSON pointer of the operation in the document. */
  readonly pointer: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the document is what is examined
export type Document = any;

export async function openApiOf(server: TestServer): Promise<Document> {
  const answer = await send(`${server.url}/openapi.json`);
  if (answer.json === undefined) throw new Error(`no document: ${answer.status}`);
  return answer.json;
}

export function operationsOf(document: Document): Operation[] {
  return Object.entries<Document>(document.paths).flatMap(([path, item]) =>
    Object.entries<Document>(item).map(([method, operation]) => {
      const media = Object.entries<Document>(operation.requestBody?.content ?? {});
      const body = {
        required: operation.requestBody?.required ?? false,
        types: media.map(([type]) => type),
        schema: resolved(document, media[0]?.[1].schema ?? {}),
      };
      return {
        method: method.toUpperCase(),
        path,
        permission: operation['x-permission'] ?? null,
        parameters: (operation.parameters ?? []).map((one: Schema) => resolved(document, one)),
        ...(media.length === 0 ? {} : { body }),
        answers: operation.responses,
        pointer: ['', 'paths', path, method].map(escaped).join('/'),
      };
    }),
  );
}

/** The part with every reference in it replaced by what it names. */
export function resolved(document: Document, part: Document): Document {
  if (Array.isArray(part)) return part.map((item) => resolved(document, item));
  if (typeof part !== 'object' || part === null) return part;
  if (typeof part.$ref === 'string') return resolved(document, named(document, part.$ref));
  const entries = Object.entries(part).map(([name, value]) => [name, resolved(document, value)]);
  return Object.fromEntries(entries);
}

function named(document: Document, reference: string): Document {
  const names = reference.split('/').slice(1);
  const found = names.reduce((part, name) => part?.[unescaped(name)], document);
  if (found === undefined) throw new Error(`${reference} names nothing`);
  return found;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
