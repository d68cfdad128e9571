// The command that repeats a look-up; the key stays a variable.

import type { JSX } from 'preact';
import { addressOf } from '../api.js';
import type { Project } from '../api-types.js';
import { basePath } from '../paths.js';
import type { NameQuery } from '../use-one-handoff.js';
import { Code } from './code.js';

export function LookUpCurl({
  project,
  query,
}: {
  project: Project;
  query: NameQuery;
}): JSX.Element {
  const command = curlOf(
    'GET',
    `${location.origin}${addressOf(`${basePath(project)}/handoff_state`, query)}`,
  );
  return <Code text={command} />;
}

/** Quotes in an address are escaped, so that a shell takes it as one word. */
export function curlOf(method: string, url: string, body?: string): string {
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`,
    '  -H "x-api-key: $BATON_API_KEY"',
    ...(body === undefined
      ? []
      : ["  -H 'content-type: application/json'", `  -d ${quoted(body)}`]),
  ].join(' \\\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
