// The parts of an OpenAPI 3.1 document that Baton writes and that its page reads.

export interface OpenApiDocument {
  info: { title: string; version: string; description?: string };
  tags: { name: string; description: string }[];
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, Header>;
    parameters: Record<string, Parameter>;
    examples: Record<string, { summary: string; value: unknown }>;
  };
  paths: Record<string, Partial<Record<Method, Operation>>>;
}

export const methods = ['get', 'head', 'put', 'patch', 'post', 'delete'] as const;
export type Method = (typeof methods)[number];

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: object[];
  /** The permission that the key needs; left out: no key. */
  'x-permission'?: string;
  'x-codeSamples'?: { lang: string; label: string; source: string }[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
  example?: unknown;
}

export interface Answer {
  description: string;
  headers?: Record<string, Reference>;
  content?: Record<string, Media>;
}

export interface Media {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, Reference | { summary: string; value: unknown }>;
}

export interface Header {
  description: string;
  schema: Schema;
  example?: unknown;
}

export interface Reference {
  $ref: string;
}

export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
}

/** The parameter or schema that a local reference names; anything else as it is. */
export function resolved<Part extends object>(
  document: OpenApiDocument,
  part: Part | Reference,
): Part {
  if (!('$ref' in part) || typeof part.$ref !== 'string') return part as Part;
  const [, , kind, name] = part.$ref.split('/');
  const parts = document.components[kind as keyof OpenApiDocument['components']];
  return parts[name!] as unknown as Part;
}
