// The figures of the overview and what needs attention, kept up to date while the page is open.

import { ask } from './api.js';
import type { ApiKey, Handoff, Page, Project, Stats } from './api-types.js';
import type { Attention } from './data/attention.js';
import { likelyReason, type Reason } from './data/likely-reason.js';
import { statsSpan } from './data/stats-span.js';
import type { SpanName } from './data/time-range.js';
import { type LiveStream, useLive } from './live.js';
import { basePath } from './paths.js';
import { useEvery } from './use-every.js';
import { type Loaded, useLoaded } from './use-loaded.js';
import { entriesOf, keysById } from './use-one-handoff.js';

/** Between two readings while much happens: the longer the span, the less does one event change. */
const pauseMs: Readonly<Record<SpanName, number>> = { hour: 700, day: 1_500, week: 5_000 };

/** Time goes on where nothing happens, too: what is pending becomes missed. */
const anewMs = 15_000;

export function useStats(
  project: Project,
  stream: LiveStream | undefined,
  span: SpanName,
): Loaded<Stats> {
  const loaded = useLoaded(
    (signal) =>
      ask<Stats>(`${basePath(project)}/handoff_states/stats`, {
        query: statsSpan(span, Date.now()),
        signal,
      }),
    [project.project_id, span],
  );
  useLive(stream, loaded.refresh, pauseMs[span]);
  useEvery(anewMs, loaded.refresh);
  return loaded;
}

/** Newest ones of each outcome whose reasons are worked out. */
const examinedMax = 10;
/** Reasons that were found, so that each is worked out once: by id, version and status. */
const reasonsMax = 200;
const reasons = new Map<string, Reason>();
const none: ReadonlyMap<string, ApiKey> = new Map();

/** The newest handoffs that were missed or late, each with the likely reason. */
export function useAttention(
  project: Project,
  stream: LiveStream | undefined,
  span: SpanName,
): Loaded<readonly Attention[]> {
  const loaded = useLoaded(
    async (signal) => {
      const { from } = statsSpan(span, Date.now());
      const pages = await Promise.all(
        ['missed', 'late'].map((status) =>
          ask<Page<Handoff>>(`${basePath(project)}/handoff_states`, {
            query: { status, from, limit: examinedMax },
            signal,
          }),
        ),
      );
      const items = pages
        .flatMap((page) => page.items)
        .toSorted((a, b) => b.written_at.localeCompare(a.written_at))
        .slice(0, examinedMax);
      const keys = items.some((item) => !reasons.has(nameOf(project, item)))
        ? await keysById(signal)
        : none;
      return Promise.all(items.map((item) => withReason(project, item, keys, signal)));
    },
    [project.project_id, span],
  );
  useLive(
    stream,
    (events) => {
      if (events.some(({ kind, late }) => late || kind === 'missed' || kind === 'gap')) {
        loaded.refresh();
      }
    },
    2_000,
  );
  useEvery(anewMs * 4, loaded.refresh);
  return loaded;
}

async function withReason(
  project: Project,
  item: Handoff,
  keys: ReadonlyMap<string, ApiKey>,
  signal: AbortSignal,
): Promise<Attention> {
  const name = nameOf(project, item);
  const known = reasons.get(name);
  if (known !== undefined) return { item, reason: known };

  const entries = await entriesOf(project, item, { id: item.id }, signal);
  const reason = likelyReason(item, entries, keys, project.pickup_deadline_seconds);
  if (reasons.size >= reasonsMax) reasons.clear();
  reasons.set(name, reason);
  return { item, reason };
}

function nameOf(project: Project, { id, written_at, status }: Handoff): string {
  return [project.project_id, id, written_at, status].join(' ');
}
