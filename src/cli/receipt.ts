// `baton receipt`: checks receipts of erasure without a server, and lists those that a server has.

import type { JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { limits } from '../limits.js';
import { type ReceiptClaims, readReceipt } from '../receipt.js';
import { clientOf, clientOptions } from './client-options.js';
import { addCommand, addGroup, type Branch } from './command.js';
import { readDocument } from './document.js';
import {
  optional,
  optionalOperand,
  readText,
  readWholeNumber,
  required,
  toggle,
} from './option.js';
import { printPairs, printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';

export function addReceiptCommands(branch: Branch): void {
  const group = addGroup(branch, 'receipt', 'check and list receipts of erasure');
  addVerify(group);
  addList(group);
}

function addVerify(group: Branch): void {
  addCommand(
    group,
    {
      name: 'verify',
      summary: 'check a receipt and print what it says; exit code 1 where it is not genuine',
      notes:
        'FILE holds the receipt alone. Keep the keys beside it:\n' +
        'curl "$BATON_URL/.well-known/jwks.json" > jwks.json',
      options: {
        file: optionalOperand('FILE', 'file with the receipt; - or none: standard input', readText),
        jwks: required('FILE', 'file with the keys of /.well-known/jwks.json', readText),
        json: toggle('print JSON'),
      },
    },
    async (values, terminal) => {
      const receipt = await readDocument(values.file, terminal);
      const claims = readReceipt(receipt, await readKeys(values.jwks));
      if (claims === undefined) {
        throw new Error(
          'The receipt is not genuine: none of these keys signed it as it is; check that it is whole, ' +
            'and that the keys are those of the server that gave it.',
        );
      }
      if (values.json) printJson(terminal, claims);
      else printClaims(claims, terminal);
    },
  );
}

function addList(group: Branch): void {
  const options = {
    id: optional('ID', 'only those of the state that had this id', readText),
    limit: optional(
      'N',
      `how many, up to ${limits.listItemsMax}; default: ${limits.listItemsDefault}`,
      readWholeNumber(1, limits.listItemsMax),
    ),
    cursor: optional('CURSOR', 'where the page before ended', readText),
    ...clientOptions,
  };
  addCommand(
    group,
    { name: 'list', summary: 'list receipts of erased states; needs an admin key', options },
    async (values, terminal) => {
      const { id, limit, cursor } = values;
      const { items, nextCursor } = await clientOf(values).receipts({ id, limit, cursor });
      if (values.json) {
        const shown = items.map(({ record, erasedAt, receipt }) => ({
          record,
          erased_at: erasedAt,
          receipt,
        }));
        return printJson(terminal, { items: shown, next_cursor: nextCursor });
      }
      const rows = items.map((item) => [item.record, timeText(item.erasedAt.getTime())]);
      printTable(terminal, ['RECORD', 'ERASED'], rows);
      if (nextCursor !== null) terminal.tell(`There are more: add --cursor ${nextCursor}`);
    },
  );
}

async function readKeys(path: string): Promise<JsonWebKey[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`--jwks: the system could not read ${path}; give the file with the keys.`, {
      cause: error,
    });
  });
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (Array.isArray(keys)) return keys as JsonWebKey[];
  } catch {
    // Told below: text that is no JSON is no set of keys either.
  }
  throw new Error(
    `--jwks: found ${text.length} characters that are no set of keys; give what ` +
      '/.well-known/jwks.json answers.',
  );
}

function printClaims(claims: ReceiptClaims, terminal: Terminal): void {
  terminal.print('The receipt is genuine.');
  printPairs(terminal, [
    ['erased', claims.what === 'project' ? 'a project' : 'a handoff state'],
    ['at', claims.erased_at],
    ['record', claims.record ?? '–'],
    ['account id', claims.account_id],
    ['project id', claims.project_id],
    ['by key', claims.key_id ?? 'the command line'],
    ['region', claims.iss],
  ]);
}
