// `baton serve`: runs the server until a signal ends it, or a failure that it cannot mend.

import { addConfiguredCommand, type Branch } from './command.js';
import { toggle } from './option.js';

export function addServeCommand(branch: Branch): void {
  addConfiguredCommand(
    branch,
    {
      name: 'serve',
      summary: 'run the server',
      notes:
        'A flag beats the environment. BATON_MASTER_KEY gives the master key itself in place of\n' +
        'a file; there is no flag for it, since arguments are visible to other users.\n' +
        'SIGTERM and SIGINT stop the server after the requests that it has accepted.',
      options: {
        firstRun: toggle('on an empty store, make a project and its keys, and print them once'),
      },
      takes: 'all',
    },
    async (values, { config }, terminal) => {
      // Loaded only here: the other commands start faster without the server.
      const { serve } = await import('../serve.js');
      let fail: (reason: string) => void = () => {};
      const failure = new Promise<never>((_, reject) => {
        fail = (reason) => reject(new Error(reason));
      });
      const signal = new Promise<void>((resolve) => {
        // A second signal finds no listener and ends the process at once.
        process.once('SIGTERM', () => resolve());
        process.once('SIGINT', () => resolve());
      });

      const starting = serve(config, {
        firstRun: values.firstRun,
        print: terminal.print,
        onFatal: fail,
      });
      const server = await Promise.race([starting, failure]);
      await Promise.race([signal, failure]);
      await Promise.race([server.close(), failure]);
    },
  );
}
