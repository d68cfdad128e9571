// `baton doctor`: prints what could be wrong here, and the command that mends it.

import type { Finding } from '../store/finding.js';
import { examineStore } from '../store/open.js';
import { certificateFindings } from './certificate-findings.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { exitCodes } from './exit-code.js';
import { toggle } from './option.js';
import { type Colour, coloured } from './table.js';
import { printJson, type Terminal } from './terminal.js';

const colours: Record<Finding['status'], Colour> = {
  ok: 'green',
  warning: 'yellow',
  problem: 'red',
};

export function addDoctorCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'doctor',
      summary:
        'examine the store and the certificate, and print the command that mends each finding',
      notes: 'Exits 1 where it finds a problem; a warning alone exits 0.',
      options: { json: toggle('print JSON') },
      takes: 'all',
    },
    async (values, { config }, terminal) => {
      const progress = (done: number, all: number) => {
        terminal.progress('opening records', done, all);
      };
      const found = await examineStore(config, progress);
      const findings = [...found, ...certificateFindings(config)];
      if (values.json) printJson(terminal, findings);
      else printFindings(findings, terminal);
      const isSound = findings.every((finding) => finding.status !== 'problem');
      return isSound ? exitCodes.done : exitCodes.failed;
    },
  );
}

/** One line a finding, and its cure below it, so that a long one can be copied whole. */
function printFindings(findings: readonly Finding[], terminal: Terminal): void {
  const statusWidth = 'problem'.length;
  const checkWidth = Math.max(...findings.map((finding) => finding.check.length));
  for (const { check, status, found, cure } of findings) {
    const mark = coloured(terminal, colours[status], status.padEnd(statusWidth));
    terminal.print(`${mark}  ${check.padEnd(checkWidth)}  ${found}`);
    if (cure !== undefined) terminal.print(`${' '.repeat(statusWidth)}  → ${cure}`);
  }
}
