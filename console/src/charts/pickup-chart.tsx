// How long handoffs waited for their reader in each interval: half of them, and all but a twentieth.

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Interval } from '../api-types.js';
import { durationText, intervalText } from '../data/times.js';
import { timeSteps, type ValueAxis } from './axes.js';
import Chart, { endOf } from './chart.js';
import { colourOf } from './colours.js';
import { Legend } from './legend.js';

const axis: ValueAxis = {
  steps: timeSteps,
  textOf: (milliseconds) => (milliseconds === 0 ? '0' : durationText(milliseconds)),
};

const series: uPlot.Series[] = (['p50', 'p95'] as const).map((name) => ({
  stroke: (plot) => colourOf(plot.root, name),
  width: 2,
  points: { show: true, size: 5, fill: (plot) => colourOf(plot.root, name) },
  spanGaps: false,
}));

export default function PickupChart({
  intervals,
}: {
  intervals: readonly Interval[];
}): JSX.Element {
  const [place, setPlace] = useState<number>();
  const data = useMemo(() => times(intervals), [intervals]);
  const interval = place === undefined ? undefined : intervals[place];
  const found = interval?.time_to_pickup_ms;
  const textOf = (milliseconds: number | undefined) =>
    interval === undefined
      ? undefined
      : milliseconds === undefined
        ? 'none'
        : durationText(milliseconds);
  return (
    <>
      <Chart data={data} series={series} values={axis} end={endOf(intervals)} pointed={setPlace} />
      <Legend
        at={interval === undefined ? undefined : intervalText(interval.from, interval.to)}
        entries={[
          { name: 'p50', label: 'Half within', value: textOf(found?.p50) },
          { name: 'p95', label: '95 % within', value: textOf(found?.p95) },
        ]}
      />
    </>
  );
}

function times(intervals: readonly Interval[]): uPlot.AlignedData {
  return [
    intervals.map(({ from }) => Date.parse(from) / 1_000),
    intervals.map(({ time_to_pickup_ms }) => time_to_pickup_ms?.p50 ?? null),
    intervals.map(({ time_to_pickup_ms }) => time_to_pickup_ms?.p95 ?? null),
  ];
}
