// `baton put`, `patch` and `get`: handoff states over HTTP, their JSON text untouched.

import type { HandoffAnswer, HandoffName } from '@baton/client';
import { limits } from '../limits.js';
import { UsageError } from '../read-config.js';
import { clientOf, clientOptions, eitherName, nameOf, nameOptions } from './client-options.js';
import { addCommand, type Branch } from './command.js';
import { readDocument } from './document.js';
import { optional, optionalOperand, readText, readWholeNumber } from './option.js';
import { timeText } from './table.js';
import type { Terminal } from './terminal.js';

const file = optionalOperand(
  'FILE',
  'file with the JSON document, sent as it is; - or none: standard input',
  readText,
);

export function addHandoffCommands(branch: Branch): void {
  addPut(branch);
  addPatch(branch);
  addGet(branch);
}

function addPut(branch: Branch): void {
  addCommand(
    branch,
    {
      name: 'put',
      summary: 'write a handoff state',
      notes:
        'The document: {"id": "…", "shared_id"?: "…", "aliases"?: ["…"], "data": {…},\n' +
        '"ttl_seconds"?: 600}. It replaces the whole state of this id.\n\n' +
        'Example: echo \'{"id":"call-1","data":{"reason":"billing"}}\' | baton put',
      options: { file, ...clientOptions },
    },
    async (values, terminal) => {
      const bodyText = await readDocument(values.file, terminal);
      const answer = await clientOf(values).put({ bodyText });
      printWritten(answer, answer.created ? 'Made' : 'Replaced', values.json, terminal);
    },
  );
}

function addPatch(branch: Branch): void {
  addCommand(
    branch,
    {
      name: 'patch',
      summary: 'merge changes into a handoff state',
      notes:
        'The document is a JSON Merge Patch (RFC 7396) of what `baton put` takes. Without --id\n' +
        'and --shared-id, the "id" in it names the state.\n\n' +
        'Example: echo \'{"data":{"reason":null}}\' | baton patch --id call-1',
      options: { file, ...nameOptions, ...clientOptions },
      either: { ...eitherName, isRequired: false },
    },
    async (values, terminal) => {
      const bodyText = await readDocument(values.file, terminal);
      const name = nameOf(values) ?? nameIn(bodyText);
      const answer = await clientOf(values).patch(name, { bodyText });
      printWritten(answer, 'Changed', values.json, terminal);
    },
  );
}

function addGet(branch: Branch): void {
  const wait = optional(
    'SECONDS',
    `wait so long for a state that is not written yet, up to ${limits.waitSecondsMax}`,
    readWholeNumber(0, limits.waitSecondsMax),
  );
  addCommand(
    branch,
    {
      name: 'get',
      summary: 'look up a handoff state and print the answer as it came',
      options: { ...nameOptions, wait, ...clientOptions },
      either: eitherName,
    },
    async (values, terminal) => {
      const answer = await clientOf(values).get(nameOf(values)!, { waitSeconds: values.wait });
      terminal.print(answer.bodyText);
    },
  );
}

/** The name that the document itself has; the server judges the rest of it. */
function nameIn(bodyText: string): HandoffName {
  try {
    const document: unknown = JSON.parse(bodyText);
    if (typeof document === 'object' && document !== null && 'id' in document) {
      if (typeof document.id === 'string' && document.id !== '') return { id: document.id };
    }
  } catch {
    throw new UsageError(['FILE: found text that is not JSON; give a JSON document.']);
  }
  throw new UsageError([
    '--id or --shared-id: found neither, and no "id" in the document; give one of them.',
  ]);
}

function printWritten(
  answer: HandoffAnswer,
  what: string,
  asJson: boolean,
  terminal: Terminal,
): void {
  if (asJson) {
    terminal.print(answer.bodyText);
    return;
  }
  const expiry = timeText(answer.expiresAt.getTime());
  terminal.print(`${what}: version ${answer.version}, expires at ${expiry}.`);
}
