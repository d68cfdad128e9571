// `baton serve`: runs the server until a signal ends it, or a failure that it cannot mend.

import type { Config } from '../config.js';
import type { Serving } from '../serve.js';
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
        'a file, BATON_MASTER_KEY_COMMAND a command that prints it; there is no flag for them,\n' +
        'since arguments are visible to other users.\n' +
        'SIGTERM and SIGINT stop the server after the requests that it has accepted; with TLS,\n' +
        'SIGHUP reads the certificate again, which is also read by itself when it changes.',
      options: {
        firstRun: toggle('on an empty store, make a project and its keys, and print them once'),
      },
      takes: 'all',
    },
    async (values, { config }, terminal) => {
      // Loaded only here: the other commands start faster without the server.
      const { serve } = await import('../serve.js');
      let fail: ((reason: string) => void) | undefined;
      const failure = new Promise<never>((_, reject) => {
        const cure = `${doctorCall(config)} says what to do`;
        fail = (reason) => reject(new Error(`The store has failed, ${cure}: ${reason}`));
      });
      const signal = firstSignal();

      const starting = serve(config, {
        firstRun: values.firstRun,
        print: terminal.print,
        onFatal: (reason) => fail?.(reason),
      });
      if (config.tlsCert !== null) reloadOnHangUp(starting);
      const server = await Promise.race([starting, failure]).catch((error: unknown) => {
        throw startError(error, config);
      });
      await Promise.race([signal, failure]);
      await Promise.race([server.close(), failure]);
    },
  );
}

/** The command that examines this server's store. A database URL may hold a password: not shown. */
function doctorCall({ databaseUrl, dataDir }: Config): string {
  if (databaseUrl !== null) return '`baton doctor` with the same database URL';
  return `\`baton doctor --data-dir ${dataDir}\``;
}

/** Resolves at the first signal; a second one finds no listener and ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

function reloadOnHangUp(starting: Promise<Serving>): void {
  process.on('SIGHUP', () => {
    // A start that fails is told about elsewhere.
    starting.then((server) => server.reloadCertificate()).catch(() => {});
  });
}

/** What the system says about listening, in terms of the options that mend it. */
function startError(error: unknown, { port, metricsPort }: Config): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const isMetrics = metricsPort !== null && 'port' in error && error.port === metricsPort;
  const [flag, number] = isMetrics ? ['--metrics-port', metricsPort] : ['--port', port];
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `${flag}: port ${number} is taken; stop what listens there or give another.`,
      );
    case 'EACCES':
      if (error.syscall !== 'listen') return error;
      return new Error(`${flag}: port ${number} is not for this user; give one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(
        '--host: this machine has no such address; give one of its own, or 0.0.0.0.',
      );
    default:
      return error;
  }
}
