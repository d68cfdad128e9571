// `baton erase`: erases one handoff state, or all that a name leads to, over HTTP.

import { BatonClientError, type Erasure } from '@baton/client';
import { clientOf, clientOptions, nameOf, nameOptions } from './client-options.js';
import { addCommand, type Branch } from './command.js';
import { optional, readText } from './option.js';
import { timeText } from './table.js';
import { printJson } from './terminal.js';

export function addEraseCommand(branch: Branch): void {
  const alias = optional(
    'NAME',
    'every state that this shared id or alias names or named; needs an admin key',
    readText,
  );
  addCommand(
    branch,
    {
      name: 'erase',
      summary: 'erase a handoff state and its names at once, or all that a name leads to',
      notes: 'With --json the answer has the signed receipts: see `baton receipt verify`.',
      options: { ...nameOptions, alias, ...clientOptions },
      either: { names: ['id', 'sharedId', 'alias'], isRequired: true },
    },
    async (values, terminal) => {
      const client = clientOf(values);
      if (values.alias === undefined) {
        const erased = await client.erase(nameOf(values)!);
        if (values.json) printJson(terminal, erasureBody(erased));
        else terminal.print(`Erased at ${timeText(erased.erasedAt.getTime())}.`);
        return;
      }
      const { alias: name } = values;
      const erased = await eraseAll(() => client.eraseNamed(name));
      if (values.json) return printJson(terminal, { erased: erased.map(erasureBody) });
      for (const { id, erasedAt } of erased) {
        terminal.print(`Erased ${id} at ${timeText(erasedAt.getTime())}.`);
      }
    },
  );
}

/** Until there is nothing left; that there was nothing at all is an error. */
async function eraseAll(eraseSome: () => Promise<readonly Erasure[]>): Promise<Erasure[]> {
  const all = [...(await eraseSome())];
  for (;;) {
    try {
      all.push(...(await eraseSome()));
    } catch (error) {
      const isDone = error instanceof BatonClientError && error.code === 'handoff_state_not_found';
      if (isDone) return all;
      throw error;
    }
  }
}

/** The members that the HTTP interface has. */
function erasureBody({ id, erasedAt, receipt }: Erasure): object {
  return { id, erased_at: erasedAt.toISOString(), receipt };
}
