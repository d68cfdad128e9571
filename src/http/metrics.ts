// What the server counts, in Prometheus text format: routes and statuses, never an id or a key.

import { budgetNames } from './budgets.js';
import type { Context } from './context.js';

/** Upper bounds in seconds. */
const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** The answers of one method, route and status. */
export class Series {
  readonly method: string;
  /** The pattern of the path: never the path itself. */
  readonly route: string;
  readonly status: number;
  answers = 0;
  sumSeconds = 0;
  /** How many took at most the bound of the same place, and longer than the bound before. */
  readonly buckets = durationBounds.map(() => 0);

  constructor(method: string, route: string, status: number) {
    this.method = method;
    this.route = route;
    this.status = status;
  }

  get labels(): string {
    return `method="${this.method}",route="${this.route}",status="${this.status}"`;
  }

  count(seconds: number): void {
    this.answers += 1;
    this.sumSeconds += seconds;
    const bucket = durationBounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) this.buckets[bucket]! += 1;
  }
}

/** What tells its own numbers. */
type Counted = Pick<
  Context,
  'audit' | 'outcomes' | 'store' | 'waiting' | 'eventStreams' | 'budgets' | 'connections'
>;

export class Metrics {
  /** By route, method and status. */
  readonly #series = new Map<string, Map<string, Map<number, Series>>>();

  /** What counts the answers of a method, a route and a status. */
  series(method: string, route: string, status: number): Series {
    const known = this.#series.get(route)?.get(method)?.get(status);
    if (known !== undefined) return known;
    const made = new Series(method, route, status);
    const byMethod = this.#series.get(route) ?? new Map<string, Map<number, Series>>();
    const byStatus = byMethod.get(method) ?? new Map<number, Series>();
    this.#series.set(route, byMethod);
    byMethod.set(method, byStatus.set(status, made));
    return made;
  }

  /** `seesOthers`: whether it may tell what only who sees every project of an account may know. */
  text(counted: Counted, seesOthers: boolean): string {
    const { audit, outcomes, store, waiting, eventStreams, budgets, connections } = counted;
    const gauges = store.gauges();
    return [
      ...this.#requestLines(),
      ...outcomes.counters.lines(seesOthers),
      '# HELP baton_rate_limited_total Requests answered 429, by the budget that was used up',
      '# TYPE baton_rate_limited_total counter',
      ...budgetNames.map(
        (name) => `baton_rate_limited_total{budget="${name}"} ${budgets.refused[name]}`,
      ),
      ...gauge('baton_connections', 'Open connections', connections.count),
      '# HELP baton_connections_refused_total Connections closed because there were too many',
      '# TYPE baton_connections_refused_total counter',
      `baton_connections_refused_total ${connections.refused}`,
      ...gauge('baton_waiters', 'Readers that wait for a state', waiting.count),
      ...gauge('baton_event_streams', 'Open streams of events', eventStreams.count),
      ...gauge('baton_store_ready', '1 while look-ups can be answered', gauges.isReady ? 1 : 0),
      ...gauge('baton_audit_waiting', 'Audit entries that are not written yet', audit.waiting),
      ...gauge('baton_outcomes_waiting', 'Outcomes that are not written yet', outcomes.waiting),
      ...gauge('baton_writes_queued', 'Writes that wait for their commit', gauges.writesQueued),
      ...gauge('baton_answers_cached', 'Answers kept in memory', gauges.answersCached),
      ...gauge('baton_answers_cached_bytes', 'Their size', gauges.answersCachedBytes),
      ...gauge('baton_storage_full', '1 while the disk is full', gauges.storageFull ? 1 : 0),
      ...gauge(
        'baton_database_connections_used',
        'Connections to PostgreSQL that work, of --database-pool',
        gauges.connectionsUsed,
      ),
      ...gauge(
        'baton_database_connections_awaited',
        'Look-ups and writes that wait for one of them',
        gauges.connectionsAwaited,
      ),
      ...gauge('process_resident_memory_bytes', 'Memory in use', process.memoryUsage.rss()),
      ...gauge('process_uptime_seconds', 'Since the start', process.uptime()),
      '',
    ].join('\n');
  }

  #requestLines(): string[] {
    const methods = [...this.#series.values()].flatMap((byMethod) => [...byMethod.values()]);
    const series = methods.flatMap((byStatus) => [...byStatus.values()]);
    const name = 'baton_request_duration_seconds';
    return [
      '# HELP baton_requests_total Answered requests',
      '# TYPE baton_requests_total counter',
      ...series.map(({ labels, answers }) => `baton_requests_total{${labels}} ${answers}`),
      `# HELP ${name} Time to the end of the answer`,
      `# TYPE ${name} histogram`,
      ...series.flatMap((one) => histogramLines(name, one)),
    ];
  }
}

function histogramLines(name: string, { labels, answers, sumSeconds, buckets }: Series): string[] {
  let below = 0;
  const lines = durationBounds.map((bound, place) => {
    below += buckets[place]!;
    return `${name}_bucket{${labels},le="${bound}"} ${below}`;
  });
  return [
    ...lines,
    `${name}_bucket{${labels},le="+Inf"} ${answers}`,
    `${name}_sum{${labels}} ${sumSeconds}`,
    `${name}_count{${labels}} ${answers}`,
  ];
}

function gauge(name: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`];
}
