// The options of the commands that call a server, and the client that they give.

import { BatonClient, type HandoffName } from '@baton/client';
import { clientVariables } from '../config-environment.js';
import { invalidRequest } from '../error.js';
import { optional, readText, required, toggle, type Values } from './option.js';

export const clientOptions = {
  url: required(
    'URL',
    "the server's origin, such as http://127.0.0.1:8787",
    readUrl,
    clientVariables.url,
  ),
  apiKey: required(
    'KEY',
    'the API key; better in the variable, since `ps` shows flags to other users',
    readApiKey,
    clientVariables.apiKey,
  ),
  account: required('ACCOUNT', 'the account, by id or slug', readText, clientVariables.account),
  project: required('PROJECT', 'the project, by id or slug', readText, clientVariables.project),
  json: toggle('print JSON'),
};

/** What names a handoff state; one of them is given. */
export const nameOptions = {
  id: optional('ID', "the agent platform's conversation id", readText),
  sharedId: optional('ID', 'a shared id or an alias', readText),
};

export const eitherName = { names: ['id', 'sharedId'], isRequired: true } as const;

export function clientOf(values: Values<typeof clientOptions>): BatonClient {
  const { url, apiKey, account, project } = values;
  return new BatonClient({ url, apiKey, account, project });
}

/** Undefined where neither is given. */
export function nameOf({ id, sharedId }: Values<typeof nameOptions>): HandoffName | undefined {
  if (id !== undefined) return { id };
  return sharedId === undefined ? undefined : { sharedId };
}

function readUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) {
    return url.origin;
  }
  throw invalidRequest(
    `${name}: found text of ${text.length} characters that is no origin; ` +
      'give scheme, host and port only, such as http://127.0.0.1:8787.',
  );
}

function readApiKey(name: string, text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw invalidRequest(
    `${name}: found text of ${text.length} characters that is no API key; ` +
      'give the key alone, without spaces or line breaks.',
  );
}
