// What is known of a handoff besides its content.

import type { ComponentChildren, JSX } from 'preact';
import type { Handoff, Project } from '../api-types.js';
import { durationText, relativeTime } from '../data/times.js';
import { useNow } from '../live.js';
import { statusMeanings } from './status-badge.js';
import { Name } from './text.js';
import { Time } from './time.js';

export function HandoffFacts({ item, project }: { item: Handoff; project: Project }): JSX.Element {
  const now = useNow(1_000);
  const names = [...new Set([item.shared_id ?? [], item.aliases].flat())];
  const isAlive = item.status !== 'expired' && item.status !== 'erased';
  return (
    <dl class="facts">
      <Fact label="Outcome">{outcomeOf(item, project, now)}</Fact>
      <Fact label="Written">
        <Time iso={item.written_at} />{' '}
        <span class="quiet">{relativeTime(item.written_at, now)}</span>
      </Fact>
      {item.status !== 'erased' && (
        <Fact label={isAlive ? 'Expires' : 'Expired'}>
          <Time iso={item.expires_at} />{' '}
          <span class="quiet">{relativeTime(item.expires_at, now)}</span>
        </Fact>
      )}
      <Fact label="Shared id and aliases">
        {names.length === 0 && <span class="quiet">none</span>}
        {names.map((name) => (
          <div key={name}>
            <Name text={name} />
          </div>
        ))}
      </Fact>
      <Fact label="Version">{item.version}</Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function outcomeOf(item: Handoff, project: Project, now: number): string {
  const { status, written_at, picked_up_at } = item;
  if (status === 'picked_up' || status === 'late') {
    if (picked_up_at === undefined) return statusMeanings[status];
    const after = durationText(Date.parse(picked_up_at) - Date.parse(written_at));
    return status === 'late' ? `Picked up late, after ${after}` : `Picked up after ${after}`;
  }
  if (status !== 'pending') return statusMeanings[status];
  const left = Date.parse(written_at) + project.pickup_deadline_seconds * 1_000 - now;
  return left > 0
    ? `Not picked up yet; ${durationText(Math.max(1_000, left))} left`
    : 'Not picked up yet';
}
