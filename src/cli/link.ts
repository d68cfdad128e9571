// `baton link`: a link to a page that shows a handoff state to a person, over HTTP.

import { readDuration } from '../duration.js';
import { limits } from '../limits.js';
import { clientOf, clientOptions, eitherName, nameOf, nameOptions } from './client-options.js';
import { addCommand, type Branch } from './command.js';
import { optional, toggle } from './option.js';
import { timeText } from './table.js';
import { printJson } from './terminal.js';

export function addLinkCommand(branch: Branch): void {
  const ttl = optional(
    'DURATION',
    'how long the link opens, such as 15m, which is the default, or 8h, which is the most',
    readDuration(limits.linkSecondsMin, limits.linkSecondsMax),
  );
  addCommand(
    branch,
    {
      name: 'link',
      summary: 'make a link that shows a handoff state to a person',
      notes:
        'Who has the link sees what the key sees, without the key. It stays with the conversation\n' +
        'that it finds; made before the handoff state is written, it waits for it.',
      options: {
        ...nameOptions,
        ttl,
        oneTime: toggle('open once, and again for 30 seconds for reloads'),
        ...clientOptions,
      },
      either: eitherName,
    },
    async (values, terminal) => {
      const { ttl: ttlSeconds, oneTime } = values;
      const name = nameOf(values)!;
      const { url, expiresAt } = await clientOf(values).createLink(name, { ttlSeconds, oneTime });
      if (values.json) return printJson(terminal, { url, expires_at: expiresAt });
      terminal.print(url);
      terminal.tell(`The link opens until ${timeText(expiresAt.getTime())}.`);
    },
  );
}
