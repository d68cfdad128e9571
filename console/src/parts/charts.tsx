// The charts of the overview, which come when the page is there, and their figures as a table.

import type { JSX } from 'preact';
import type { Interval, Stats } from '../api-types.js';
import { durationText, intervalText } from '../data/times.js';
import { lazily } from '../lazily.js';

const OutcomeChart = lazily(() => import('../charts/outcome-chart.js'));
const PickupChart = lazily(() => import('../charts/pickup-chart.js'));

export function Charts({ stats }: { stats: Stats }): JSX.Element {
  // A chart keeps its number of intervals; another span gets another chart.
  const kind = stats.interval_seconds;
  return (
    <>
      <div class="columns even">
        <section class="card" aria-labelledby="outcomes-title">
          <h2 id="outcomes-title">Handoffs by outcome</h2>
          <OutcomeChart key={kind} intervals={stats.intervals} />
        </section>
        <section class="card" aria-labelledby="times-title">
          <h2 id="times-title">Time to pickup</h2>
          <PickupChart key={kind} intervals={stats.intervals} />
        </section>
      </div>
      <details>
        <summary>The charts as a table</summary>
        <div class="wide-content card">
          <FigureTable intervals={stats.intervals.filter(({ written }) => written > 0)} />
        </div>
      </details>
    </>
  );
}

function FigureTable({ intervals }: { intervals: readonly Interval[] }): JSX.Element {
  if (intervals.length === 0) return <p class="quiet">No handoff was written in this time.</p>;
  return (
    <table class="plain">
      <thead>
        <tr>
          {[
            'Time',
            'Written',
            'Picked up',
            'Late',
            'Missed',
            'Pending',
            'Half within',
            '95 % within',
          ].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {intervals.map(({ from, to, time_to_pickup_ms: times, ...counts }) => (
          <tr key={from}>
            <th scope="row">{intervalText(from, to)}</th>
            <td>{counts.written}</td>
            <td>{counts.picked_up}</td>
            <td>{counts.late}</td>
            <td>{counts.missed}</td>
            <td>{counts.pending}</td>
            <td>{times === null ? '–' : durationText(times.p50)}</td>
            <td>{times === null ? '–' : durationText(times.p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
