// The curl example of a call, to be pasted into a shell where the server and the keys are named.

import type { Method, Operation } from './openapi-document.js';

/** Shell variables that the examples use besides those of the keys. */
const variableOfPart: Readonly<Record<string, string>> = {
  account_id: 'ACCOUNT',
  project_id: 'PROJECT',
  project_ref: 'PROJECT',
  key_id: 'KEY_ID',
  token: 'TOKEN',
};

export function curlOf(
  operation: Operation,
  call: {
    readonly method: Method;
    readonly path: string;
    readonly permission: string | null;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: object;
  },
): string {
  const { method, path, permission, query, body } = call;
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  const place = path.replace(/\{(\w+)\}/g, (_, part: string) => `$${variableOfPart[part]}`);
  const verb = method === 'get' ? '' : `-X ${method.toUpperCase()} `;
  const lines = [`curl ${verb}"$BATON_URL${place}${search}"`];
  if (permission !== null) lines.push(`-H "x-api-key: $${permission.toUpperCase()}_KEY"`);
  if (body !== undefined) {
    const [type] = Object.keys(operation.requestBody!.content);
    lines.push(`-H 'content-type: ${type}'`, `-d ${quoted(spread(body))}`);
  }
  return lines.join(' \\\n  ');
}

/** The object over several lines, each of its members on one. */
function spread(body: object): string {
  const members = Object.entries(body).map(([name, value]) => {
    return `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  });
  return `{\n${members.join(',\n')}\n  }`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
