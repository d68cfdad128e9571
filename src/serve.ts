// The composition root: configuration → store → application → listening, and back in reverse.

import { type AddressInfo, isIPv6 } from 'node:net';
import { type Logger, pino } from 'pino';
import type { Config } from './config.js';
import { firstRun, firstRunText, signInLink } from './first-run.js';
import { Admissions } from './http/admissions.js';
import { createApp } from './http/app.js';
import { AuditLog } from './http/audit-log.js';
import { BodyMemory } from './http/body-memory.js';
import { Budgets } from './http/budgets.js';
import { clientAddressBehind, trustCheckOf } from './http/client-address.js';
import { Connections } from './http/connections.js';
import type { Context } from './http/context.js';
import { EventStreams } from './http/event-streams.js';
import { schemeOf } from './http/http-server.js';
import { KeyUse } from './http/key-use.js';
import { Metrics } from './http/metrics.js';
import { serveMetrics } from './http/metrics-server.js';
import { OutcomeLog } from './http/outcome-log.js';
import { publicOriginBehind } from './http/public-origin.js';
import { ServedCertificate } from './http/served-certificate.js';
import { Strangers } from './http/strangers.js';
import { Waiting } from './http/waiting.js';
import { type RepeatedWork, repeatAll } from './repeat.js';
import { openStore } from './store/open.js';
import { version } from './version.js';

/** How long audit entries and outcomes may take to be written at the end. */
const logCloseMs = 1_000;
/** How long open connections, where there are any, are told to close before they are closed. */
const drainMs = 500;
/** How long requests under way may take before their connections are cut. */
const closeMsMax = 8_000;
const sweepMs = 100;

export interface ServeOptions {
  /** Whether a first project is made and its keys printed, where there is none. */
  readonly firstRun: boolean;
  readonly print: (text: string) => void;
  readonly now?: () => number;
  /** Milliseconds of a clock that never goes back; what budgets fill by. */
  readonly elapsedMs?: () => number;
  /** Told once when the server can promise nothing more: it must be closed and the process end. */
  readonly onFatal?: (reason: string) => void;
  /** Where the log goes, a line a time; standard output where it is left out. */
  readonly logTo?: { write(line: string): void };
}

export interface Serving {
  /** The origin, with the port that was taken. */
  readonly url: string;
  readonly metricsUrl: string | null;
  /** Reads the TLS files again; they are also read by themselves when they change. */
  reloadCertificate(): void;
  /** Answers what was accepted, tells waiters to come again, and releases everything. */
  close(): Promise<void>;
}

export async function serve(config: Config, options: ServeOptions): Promise<Serving> {
  const log = pino({ level: config.logLevel, base: null }, options.logTo ?? process.stdout);
  const onFatal = (reason: string) => {
    log.fatal({ reason }, 'the store has failed: the server must end');
    options.onFatal?.(reason);
  };
  const certificate = certificateOf(config, log);
  const onWarning = (message: string) => log.warn(message);
  const clock = options.now === undefined ? {} : { now: options.now };
  const store = await openStore(config, { role: 'server', ...clock, onFatal, onWarning });

  const context = contextOf(config, options, { log, store, certificate });
  const { audit, outcomes, waiting, eventStreams, keyUse } = context;
  const app = await createApp(context, { version, corsOrigins: config.corsOrigins });
  const stopUpkeep = repeatAll(log, upkeepOf(context, config));
  const stopWatching = certificate?.watch();
  const reloadCertificate = () => certificate?.reload();
  let metricsServer: Awaited<ReturnType<typeof serveMetrics>> | undefined;

  const close = async () => {
    waiting.close();
    eventStreams.close();
    await context.connections.untilNone(drainMs);
    const cut = setTimeout(() => app.server.closeAllConnections(), closeMsMax);
    // A connection whose last request was answered meanwhile is idle only now.
    const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
    await app.close();
    clearInterval(sweep);
    clearTimeout(cut);
    await metricsServer?.close();
    await stopWatching?.();
    await stopUpkeep();
    noteStrangers(context);
    // Beside each other: each takes its time where the database hangs.
    const noted = keyUse
      .flush()
      .catch((error: unknown) => log.warn({ err: error }, 'could not note key use'));
    await Promise.all([audit.close(logCloseMs), outcomes.close(logCloseMs), noted]);
    await store.close();
    log.info('closed');
  };

  try {
    await app.listen({ host: config.host, port: config.port, listenTextResolver: boundText });
    if (config.metricsPort !== null) {
      metricsServer = await serveMetrics(context, config.host, config.metricsPort);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const url = origin(schemeOf(certificate), config.host, app.server.address() as AddressInfo);
  log.info({ url, region: config.region, version }, 'listening');
  if (options.firstRun) {
    const made = await firstRun(store, {
      ...demo,
      region: config.region,
      now: context.now,
      isAudited: config.audit !== 'off',
    });
    if (made !== undefined) {
      const link = await signInLink(store, url, made.adminKey, context.now());
      options.print(firstRunText(url, made, link));
    }
  }
  return { url, metricsUrl: metricsServer?.url ?? null, reloadCertificate, close };
}

/** What a running server does beside its requests. */
function upkeepOf(context: Context, { auditRetentionSeconds }: Config): RepeatedWork[] {
  const { now, store, waiting, keyUse, outcomes } = context;
  const purge = async () => {
    // Before it goes it is told that it was missed.
    await outcomes.decide();
    while (!waiting.isClosing && (await store.purge()) > 0);
  };
  const purgeAudit = async () => {
    const before = now() - auditRetentionSeconds * 1000;
    while (!waiting.isClosing && (await store.purgeAudit(before)) > 0);
  };
  return [
    { name: 'decide outcomes', everyMs: 1_000, work: () => outcomes.decide() },
    { name: 'purge', everyMs: 10_000, work: purge },
    { name: 'purge the audit', everyMs: 60_000, work: purgeAudit },
    { name: 'note key use', everyMs: 5_000, work: () => keyUse.flush() },
    { name: 'note who is refused', everyMs: 5_000, work: async () => noteStrangers(context) },
  ];
}

/** Nothing waits for these entries: they are of calls that are answered. */
function noteStrangers({ audit, strangers, now }: Context): void {
  for (const note of strangers.take(now())) audit.note(note)?.catch(() => {});
}

const demo = { accountSlug: 'demo', projectSlug: 'demo' };

function certificateOf({ tlsCert, tlsKey }: Config, log: Logger): ServedCertificate | null {
  return tlsCert === null || tlsKey === null ? null : new ServedCertificate(tlsCert, tlsKey, log);
}

function contextOf(
  config: Config,
  options: ServeOptions,
  parts: Pick<Context, 'log' | 'store' | 'certificate'>,
): Context {
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  return {
    ...parts,
    region: config.region,
    now: options.now ?? Date.now,
    elapsedMs,
    waiting: new Waiting(parts.store),
    eventStreams: new EventStreams(parts.store),
    admissions: new Admissions(parts.store),
    keyUse: new KeyUse(parts.store),
    metrics: new Metrics(),
    audit: new AuditLog(config.audit, parts.store, parts.log),
    outcomes: new OutcomeLog(parts.store, parts.log, elapsedMs),
    strangers: new Strangers(elapsedMs),
    budgets: new Budgets(config, elapsedMs),
    connections: connectionsOf(config),
    bodyMemory: new BodyMemory(config.bodyMemoryMebibytes),
    clientAddress: clientAddressBehind(config.trustProxy),
    publicOrigin: publicOriginBehind(config.trustProxy),
    popFrameOrigins: config.popFrameOrigins,
  };
}

function connectionsOf(config: Config): Connections {
  return new Connections({
    max: config.connectionsMax,
    perAddress: config.connectionsPerAddress,
    isTrustedProxy: trustCheckOf(config.trustProxy),
  });
}

/** Of each address that was bound, where the framework would call them all plain HTTP. */
function boundText(address: string): string {
  return `bound to ${new URL(address).host}`;
}

function origin(scheme: string, host: string, { port }: AddressInfo): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}
