// The charts of the overview, whose code comes when the page is there.

import type { JSX } from 'preact';
import type { Stats } from '../api-types.js';
import { lazily } from '../lazily.js';

const OutcomeChart = lazily(() => import('../charts/outcome-chart.js'));
const PickupChart = lazily(() => import('../charts/pickup-chart.js'));

export function OutcomesOverTime({ stats }: { stats: Stats }): JSX.Element {
  return (
    <section class="card" aria-labelledby="outcomes-title">
      <h2 id="outcomes-title">Handoffs by outcome</h2>
      <OutcomeChart key={stats.interval_seconds} intervals={stats.intervals} />
    </section>
  );
}

export function PickupTimes({ stats }: { stats: Stats }): JSX.Element {
  return (
    <section class="card" aria-labelledby="times-title">
      <h2 id="times-title">Time to pickup</h2>
      <PickupChart key={stats.interval_seconds} intervals={stats.intervals} />
    </section>
  );
}
