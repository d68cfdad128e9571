#!/usr/bin/env node
// The command `baton`: the only file that reads the environment and ends the process.

import { run } from './cli/program.js';
import { openTerminal } from './cli/terminal.js';

// A reader that has seen enough, such as `head`, is no failure to tell about.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(1);
});

process.exitCode = await run(process.argv.slice(2), openTerminal(process.env, process));

// What has failed may have left something open that would keep the process from ending.
if (process.exitCode !== 0) process.exit();
