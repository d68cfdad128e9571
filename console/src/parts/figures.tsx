// The figures of the overview: how many handoffs, what became of them, and how fast.

import type { ComponentChildren, JSX } from 'preact';
import type { Counts, Project } from '../api-types.js';
import type { SpanName } from '../data/time-range.js';
import { durationText } from '../data/times.js';
import { projectPath } from '../paths.js';

export function Figures({
  project,
  total,
  span,
}: {
  project: Project;
  total: Counts;
  span: SpanName;
}): JSX.Element {
  const { written, time_to_pickup_ms: times } = total;
  const linkTo = (status: string) =>
    `${projectPath(project, 'handoffs')}?${new URLSearchParams({ ...(status === '' ? {} : { status }), range: span })}`;
  return (
    <dl class="figures">
      <Figure label="Written" to={linkTo('')} value={countText(written)} />
      <Figure
        label="Picked up"
        tone="good"
        to={linkTo('picked_up')}
        value={countText(total.picked_up)}
        note={shareText(total.picked_up, written)}
      />
      <Figure
        label="Late"
        tone={total.late > 0 ? 'warn' : undefined}
        to={linkTo('late')}
        value={countText(total.late)}
        note={shareText(total.late, written)}
      />
      <Figure
        label="Missed"
        tone={total.missed > 0 ? 'bad' : undefined}
        to={linkTo('missed')}
        value={countText(total.missed)}
        note={shareText(total.missed, written)}
      />
      <Figure label="Pending" to={linkTo('pending')} value={countText(total.pending)} />
      <Figure
        label="Time to pickup"
        value={times === null ? '–' : durationText(times.p50)}
        note={times === null ? 'nothing was picked up' : `95 % within ${durationText(times.p95)}`}
      />
    </dl>
  );
}

function Figure({
  label,
  value,
  note,
  to,
  tone,
}: {
  label: string;
  value: string;
  note?: ComponentChildren;
  to?: string;
  tone?: string | undefined;
}): JSX.Element {
  return (
    <div class={`card figure ${tone ?? ''}`}>
      <dt>{to === undefined ? label : <a href={to}>{label}</a>}</dt>
      <dd>
        <span class="value">{value}</span>
        {note !== undefined && <span class="quiet small">{note}</span>}
      </dd>
    </div>
  );
}

function countText(count: number): string {
  return count.toLocaleString('en');
}

function shareText(part: number, whole: number): string {
  if (whole === 0) return '';
  const percent = (part / whole) * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
