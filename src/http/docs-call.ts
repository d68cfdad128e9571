// One call on the page at /docs: what it does, what it takes, what it answers, and how to try it.

import { breakable, type Html, html, prose } from './html.js';
import {
  type Answer,
  type Media,
  type Method,
  type OpenApiDocument,
  type Operation,
  type Parameter,
  resolved,
  type Schema,
} from './openapi-document.js';

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly operation: Operation;
}

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly isRequired: boolean;
  readonly description: string;
}

const places = ['path', 'query', 'header'] as const;

export function callSection(document: OpenApiDocument, { method, path, operation }: Call): Html {
  const id = operation.operationId;
  const permission = operation['x-permission'];
  const needs =
    permission === undefined
      ? html`Needs no key.`
      : html`Needs a key with <a href="#keys"><code>${permission}</code></a>.`;
  return html`<article aria-labelledby="${id}">
<h3 id="${id}">${operation.summary}</h3>
<p class="call"><span class="${method}">${method.toUpperCase()}</span> <code>${breakable(path, '/')}</code></p>
<p>${prose(operation.description ?? '')} ${needs}</p>
${parameterTable(document, operation)}
${bodyTable(document, operation)}
<h4>Example</h4>
<pre tabindex="0"><code>${operation['x-codeSamples']![0]!.source}</code></pre>
<h4>Answers</h4>
${answerList(document, operation)}
</article>`;
}

function parameterTable(document: OpenApiDocument, operation: Operation): Html {
  const parameters = (operation.parameters ?? []).map((part) =>
    resolved<Parameter>(document, part as Parameter),
  );
  const rows = places.flatMap((place) =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema, required, description }) => ({
        name,
        kind: `${place}, ${kindOf(schema)}`,
        isRequired: required === true,
        description: description ?? '',
      })),
  );
  return table('Parameters', rows);
}

function bodyTable(document: OpenApiDocument, { requestBody }: Operation): Html {
  if (requestBody === undefined) return html``;
  const schema = resolved<Schema>(document, Object.values(requestBody.content)[0]!.schema);
  const types = Object.keys(requestBody.content).map((type) => `\`${type}\``);
  const title = `Body${requestBody.required ? '' : ', may be left out'}`;
  return html`${table(title, memberRows(schema))}
<p class="quiet">${prose(`${schema.description ?? ''} Sent as ${types.join(' or ')}.`)}</p>`;
}

function memberRows(schema: Schema): Row[] {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    kind: kindOf(member),
    isRequired: schema.required?.includes(name) === true,
    description: member.description ?? '',
  }));
}

function table(title: string, rows: readonly Row[]): Html {
  return rows.length === 0 ? html`` : html`<h4>${title}</h4>${rowList(rows)}`;
}

function rowList(rows: readonly Row[]): Html {
  return html`<dl class="rows">
${rows.map(
  ({ name, kind, isRequired, description }) => html`<dt><code>${name}</code>
<span class="kind">${kind}${isRequired ? html`, <strong>required</strong>` : ''}</span></dt>
<dd>${prose(description)}</dd>`,
)}
</dl>`;
}

function answerList(document: OpenApiDocument, operation: Operation): Html {
  const answers = Object.entries(operation.responses);
  const isError = ([, { content }]: (typeof answers)[number]) =>
    content?.['application/json']?.examples !== undefined;
  const codes = answers
    .filter(isError)
    .flatMap(([status, { content }]) =>
      Object.keys(content?.['application/json']?.examples ?? {}).map((code) => ({ status, code })),
    );
  return html`<dl class="answers">
${answers
  .filter((answer) => !isError(answer))
  .map(([status, answer], place) => answerRow(document, status, answer, place === 0))}
</dl>
<ul class="failures">
${codes.map(
  ({ status, code }) => html`<li>${status} <a href="#${code}"><code>${code}</code></a></li>
`,
)}
</ul>`;
}

/** The body of the first answer is shown; those of a call do not differ. */
function answerRow(
  document: OpenApiDocument,
  status: string,
  answer: Answer,
  showsBody: boolean,
): Html {
  const media = Object.values(answer.content ?? {})[0];
  const body = media === undefined || !showsBody ? '' : answerBody(document, media);
  return html`<dt>${status}</dt>
<dd>${prose(answer.description)} ${headerLinks(answer)}
${body}</dd>`;
}

function headerLinks({ headers }: Answer): Html {
  const names = Object.keys(headers ?? {}).filter((name) => name !== 'X-Request-Id');
  if (names.length === 0) return html``;
  const links = names.map((name, place) => {
    const end = place === names.length - 1 ? '.' : ', ';
    return html`<a href="#${name}"><code>${name}</code></a>${end}`;
  });
  return html`<span class="quiet">With ${links}</span>`;
}

function answerBody(document: OpenApiDocument, { schema, example }: Media): Html {
  const shown =
    example === undefined
      ? html``
      : html`<pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>`;
  const answer = resolved<Schema>(document, schema);
  const rows = memberRows(
    resolved<Schema>(document, answer.properties?.['items']?.items ?? answer),
  );
  const described = rows.filter(({ description }) => description !== '');
  if (described.length === 0) return shown;
  return html`${shown}
<details><summary>Members</summary>
${rowList(rows)}
</details>`;
}

/** A schema in a few words. */
function kindOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.join(' | ');
  const types = [schema.type ?? 'any'].flat().map((type) => {
    if (type === 'string' && schema.format === 'date-time') return 'time';
    if (type === 'array') return `list of ${schema.items?.type === 'string' ? 'text' : 'objects'}`;
    return { string: 'text', integer: 'integer' }[type] ?? type;
  });
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` ${minimum}–${maximum}` : '';
  return types.join(' or ') + range;
}
