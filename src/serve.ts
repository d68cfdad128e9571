// The composition root: configuration → store → application → listening, and back in reverse.

import { type AddressInfo, isIPv6 } from 'node:net';
import { pino } from 'pino';
import type { Config } from './config.js';
import { firstRun, firstRunText } from './first-run.js';
import { Admissions } from './http/admissions.js';
import { createApp } from './http/app.js';
import { AuditLog } from './http/audit-log.js';
import { KeyUse } from './http/key-use.js';
import { Metrics } from './http/metrics.js';
import { serveMetrics } from './http/metrics-server.js';
import { Waiting } from './http/waiting.js';
import { repeat } from './repeat.js';
import { openStore } from './store/open.js';
import { version } from './version.js';

const purgeEveryMs = 10_000;
const keyUseEveryMs = 5_000;
const refreshEveryMs = 1_000;
const auditPurgeEveryMs = 60_000;
/** How long audit entries may take to be written at the end. */
const auditCloseMs = 1_500;
/** How long open connections are told to close before they are closed. */
const drainMs = 500;
/** How long requests under way may take before their connections are cut. */
const closeMsMax = 8_000;
const sweepMs = 100;

export interface ServeOptions {
  /** Whether a first project is made and its keys printed, where there is none. */
  readonly firstRun: boolean;
  readonly print: (text: string) => void;
  readonly now?: () => number;
  /** Told once when the server can promise nothing more: it must be closed and the process end. */
  readonly onFatal?: (reason: string) => void;
  /** Where the log goes, a line a time; standard output where it is left out. */
  readonly logTo?: { write(line: string): void };
}

export interface Serving {
  /** The origin, with the port that was taken. */
  readonly url: string;
  readonly metricsUrl: string | null;
  /** Answers what was accepted, tells waiters to come again, and releases everything. */
  close(): Promise<void>;
}

export async function serve(config: Config, options: ServeOptions): Promise<Serving> {
  const now = options.now ?? Date.now;
  const log = pino({ level: config.logLevel, base: null }, options.logTo ?? process.stdout);
  const onFatal = (reason: string) => {
    log.fatal({ reason }, 'the store has failed: the server must end');
    options.onFatal?.(reason);
  };
  const onWarning = (message: string) => log.warn(message);
  const clock = options.now === undefined ? {} : { now: options.now };
  const store = await openStore(config, { role: 'server', ...clock, onFatal, onWarning });

  const waiting = new Waiting(store);
  const admissions = new Admissions(store);
  const keyUse = new KeyUse(store);
  const metrics = new Metrics();
  const audit = new AuditLog(config.audit, store, log);
  const { region } = config;
  const context = { log, store, region, now, waiting, admissions, keyUse, metrics, audit };
  const app = await createApp(context, { version, corsOrigins: config.corsOrigins });
  const stopPurging = repeat(purgeEveryMs, log, 'purge', async () => {
    while (!waiting.isClosing && (await store.purge()) > 0);
  });
  const stopPurgingAudit = repeat(auditPurgeEveryMs, log, 'purge the audit', async () => {
    const before = now() - config.auditRetentionSeconds * 1000;
    while (!waiting.isClosing && (await store.purgeAudit(before)) > 0);
  });
  const stopRefreshing = repeat(refreshEveryMs, log, 'read the master key again', () =>
    store.refreshMasterKeys(),
  );
  const stopNoting = repeat(keyUseEveryMs, log, 'note key use', () => keyUse.flush());
  let metricsServer: Awaited<ReturnType<typeof serveMetrics>> | undefined;

  const close = async () => {
    waiting.close();
    await new Promise((resolve) => setTimeout(resolve, drainMs));
    const cut = setTimeout(() => app.server.closeAllConnections(), closeMsMax);
    // A connection whose last request was answered meanwhile is idle only now.
    const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
    await app.close();
    clearInterval(sweep);
    clearTimeout(cut);
    await metricsServer?.close();
    await stopPurging();
    await stopPurgingAudit();
    await stopRefreshing();
    await stopNoting();
    await audit.close(auditCloseMs);
    await keyUse
      .flush()
      .catch((error: unknown) => log.warn({ err: error }, 'could not note key use'));
    await store.close();
    log.info('closed');
  };

  try {
    await app.listen({ host: config.host, port: config.port });
    if (config.metricsPort !== null) {
      metricsServer = await serveMetrics(context, config.host, config.metricsPort);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const url = origin(config.host, app.server.address() as AddressInfo);
  log.info({ url, region: config.region, version }, 'listening');
  if (options.firstRun) {
    const made = await firstRun(store, { ...demo, region: config.region, now });
    if (made !== undefined) options.print(firstRunText(url, made));
  }
  return { url, metricsUrl: metricsServer?.url ?? null, close };
}

const demo = { accountSlug: 'demo', projectSlug: 'demo' };

function origin(host: string, { port }: AddressInfo): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}
