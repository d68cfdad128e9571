// The figures behind the charts, for whoever cannot see them.

import type { JSX } from 'preact';
import type { Interval, Stats } from '../api-types.js';
import { durationText, intervalText } from '../data/times.js';
import { Cell, Head, Row, Table } from './table.js';

const columns = [
  'Time',
  'Written',
  'Picked up',
  'Late',
  'Missed',
  'Pending',
  'Half within',
  '95 % within',
];

export function FigureTable({ stats }: { stats: Stats }): JSX.Element {
  const intervals = stats.intervals.filter(({ written }) => written > 0);
  return (
    <details>
      <summary>The charts as a table</summary>
      {intervals.length === 0 ? (
        <p class="quiet">No handoff was written in this time.</p>
      ) : (
        <Table label="Handoffs by outcome, and times to pickup" kind="intervals">
          <Head columns={columns} />
          {intervals.map((interval) => (
            <IntervalRow key={interval.from} interval={interval} />
          ))}
        </Table>
      )}
    </details>
  );
}

function IntervalRow({ interval }: { interval: Interval }): JSX.Element {
  const { from, to, time_to_pickup_ms: times } = interval;
  return (
    <Row>
      <Cell isMain>{intervalText(from, to)}</Cell>
      <Cell label="Written">{interval.written}</Cell>
      <Cell label="Picked up">{interval.picked_up}</Cell>
      <Cell label="Late">{interval.late}</Cell>
      <Cell label="Missed">{interval.missed}</Cell>
      <Cell label="Pending">{interval.pending}</Cell>
      <Cell label="Half within">{times === null ? '–' : durationText(times.p50)}</Cell>
      <Cell label="95 % within">{times === null ? '–' : durationText(times.p95)}</Cell>
    </Row>
  );
}
