// `baton list`: what is known of a project's handoffs, over HTTP, never their data.

import { handoffStatuses, type ListedHandoff } from '@baton/client';
import { limits } from '../limits.js';
import { clientOf, clientOptions, nameOptions } from './client-options.js';
import { addCommand, type Branch } from './command.js';
import { optional, readText, readTime, readWholeNumber, readWord } from './option.js';
import { printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';

export function addListCommand(branch: Branch): void {
  const options = {
    status: optional('STATUS', `one of ${handoffStatuses.join(', ')}`, readWord(handoffStatuses)),
    ...nameOptions,
    from: optional('TIME', 'written at this time (RFC 3339) or later', readTime),
    to: optional('TIME', 'written before this time (RFC 3339)', readTime),
    limit: optional(
      'N',
      `how many, up to ${limits.listItemsMax}; default: ${limits.listItemsDefault}`,
      readWholeNumber(1, limits.listItemsMax),
    ),
    cursor: optional('CURSOR', 'where the page before ended', readText),
    ...clientOptions,
  };
  addCommand(
    branch,
    { name: 'list', summary: 'list handoffs, newest first; needs an admin key', options },
    async (values, terminal) => {
      const { status, id, sharedId, from, to, limit, cursor } = values;
      const filter = { status, id, sharedId, from, to, limit, cursor };
      const { items, nextCursor } = await clientOf(values).list(filter);
      if (values.json) {
        return printJson(terminal, { items: items.map(itemBody), next_cursor: nextCursor });
      }
      printItems(items, terminal);
      if (nextCursor !== null) terminal.tell(`There are more: add --cursor ${nextCursor}`);
    },
  );
}

function printItems(items: readonly ListedHandoff[], terminal: Terminal): void {
  const headings = ['ID', 'SHARED ID', 'STATUS', 'VERSION', 'WRITTEN', 'EXPIRES'];
  const rows = items.map((item) => [
    item.id,
    item.sharedId ?? '–',
    item.status,
    String(item.version),
    timeText(item.writtenAt.getTime()),
    timeText(item.expiresAt.getTime()),
  ]);
  printTable(terminal, headings, rows);
}

/** The members that the HTTP interface has (design 3.3). */
function itemBody(item: ListedHandoff): object {
  return {
    id: item.id,
    shared_id: item.sharedId,
    aliases: item.aliases,
    version: item.version,
    written_at: item.writtenAt,
    updated_at: item.updatedAt,
    expires_at: item.expiresAt,
    status: item.status,
    picked_up_at: item.pickedUpAt,
  };
}
