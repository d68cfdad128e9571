// The tree of commands, and how a call of one ends.

import { Command, CommanderError } from 'commander';
import { version } from '../version.js';
import { addAuditCommands } from './audit.js';
import { addBackupCommand } from './backup.js';
import { makeGroup } from './command.js';
import { addConfigCommand } from './config.js';
import { addDoctorCommand } from './doctor.js';
import { addEraseCommand } from './erase.js';
import { tellError } from './error-report.js';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.js';
import { addHandoffCommands } from './handoff.js';
import { addListCommand } from './handoff-list.js';
import { addInitCommand } from './init.js';
import { addKeyCommands } from './key.js';
import { addLinkCommand } from './link.js';
import { addMasterKeyCommands } from './master-key.js';
import { addMigrateCommand } from './migrate.js';
import { addProjectCommands } from './project.js';
import { addReceiptCommands } from './receipt.js';
import { addRestoreCommand } from './restore.js';
import { addServeCommand } from './serve.js';
import { addStatsCommand } from './stats.js';
import type { Terminal } from './terminal.js';

const notes = `
The commands init, project, key, audit, migrate, backup, restore and doctor work on the store itself,
whether a server runs or not (migrate and restore: only where none does). put, patch, get, link, erase,
list, stats and receipt list call a server over HTTP.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused (401 or 403), 5 unreachable.
With --json, standard output is JSON and nothing else, and an error is JSON on standard error.
`;

/** Runs the command that the arguments (without node and the script) name. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = new Command('baton');
  program
    .description('Keeps handoff states and gives them to the contact centre.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .addHelpText('after', notes)
    .configureHelp({
      // The brackets of every value are there for the reading of arguments, not for people.
      optionTerm: (option) => option.flags.replace(/[[\]]/g, ''),
      subcommandTerm: (command) => command.name(),
    })
    .exitOverride();
  makeGroup(program);

  const finish = (code: ExitCode) => {
    exitCode = code;
  };
  const branch = { command: program, terminal, finish };
  addServeCommand(branch);
  addInitCommand(branch);
  addProjectCommands(branch);
  addKeyCommands(branch);
  addMasterKeyCommands(branch);
  addAuditCommands(branch);
  addHandoffCommands(branch);
  addLinkCommand(branch);
  addEraseCommand(branch);
  addReceiptCommands(branch);
  addListCommand(branch);
  addStatsCommand(branch);
  addMigrateCommand(branch);
  addBackupCommand(branch);
  addRestoreCommand(branch);
  addDoctorCommand(branch);
  addConfigCommand(branch);

  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // Commander throws where it has printed the help or the version.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
    }
    tellError(error, terminal, words.includes('--json'));
    return exitCodeOf(error);
  }
  return exitCode;
}
