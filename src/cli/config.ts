// `baton config`: what is in force and where each value comes from, secrets masked.

import { type Config, configOptions } from '../config.js';
import { maskedConfig } from '../read-config.js';
import { type Rate, rateText } from '../token-bucket.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { toggle } from './option.js';
import { printTable } from './table.js';
import { printJson } from './terminal.js';

export function addConfigCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'config',
      summary: 'print the configuration in force and where each value comes from',
      notes: 'Takes the flags and variables of `baton serve`. Secrets are masked.',
      options: { json: toggle('print JSON') },
      takes: 'all',
    },
    async (values, { config, sources }, terminal) => {
      const shown = maskedConfig(config);
      const lines = [...sources].map(([name, source]) => ({
        name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        flag: configOptions[name].flag,
        variable: configOptions[name].variable,
        value: shownValue(shown[name]),
        source,
      }));
      if (values.json) {
        const named = lines.map(({ name, ...members }) => [name, members]);
        return printJson(terminal, Object.fromEntries(named));
      }
      const headings = ['FLAG', 'VARIABLE', 'VALUE', 'SOURCE'];
      const rows = lines.map(({ flag, variable, value, source }) => [
        flag ?? '–',
        variable,
        value === null || value.toString() === '' ? '–' : value.toString(),
        source,
      ]);
      printTable(terminal, headings, rows);
    },
  );
}

/** A rate as it is given. */
function shownValue(value: Config[keyof Config]): Exclude<Config[keyof Config], Rate> {
  return typeof value === 'object' && value !== null && 'burst' in value ? rateText(value) : value;
}
