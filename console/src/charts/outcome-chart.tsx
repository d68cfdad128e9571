// What became of the handoffs of each interval, as stacked bars.

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Interval } from '../api-types.js';
import { intervalText } from '../data/times.js';
import { countSteps, type ValueAxis } from './axes.js';
import Chart, { endOf } from './chart.js';
import { colourOf } from './colours.js';
import { Legend } from './legend.js';

/** From the bottom to the top of a bar. */
const outcomes = [
  ['picked_up', 'Picked up'],
  ['pending', 'Pending'],
  ['late', 'Late'],
  ['missed', 'Missed'],
  ['erased', 'Erased'],
] as const;

const bars = uPlot.paths.bars?.({ size: [0.8, 28], align: 1 });

const axis: ValueAxis = { steps: countSteps, textOf: (count) => count.toLocaleString('en') };

/** Each bar reaches from zero, so the whole is drawn first, and then ever less of it over it. */
const series: uPlot.Series[] = outcomes.toReversed().map(([name, label]) => ({
  label,
  ...(bars === undefined ? {} : { paths: bars }),
  fill: (plot) => colourOf(plot.root, name),
  width: 0,
  points: { show: false },
}));

export default function OutcomeChart({
  intervals,
}: {
  intervals: readonly Interval[];
}): JSX.Element {
  const [place, setPlace] = useState<number>();
  const data = useMemo(() => stacked(intervals), [intervals]);
  const interval = place === undefined ? undefined : intervals[place];
  return (
    <>
      <Chart data={data} series={series} values={axis} end={endOf(intervals)} pointed={setPlace} />
      <Legend
        at={interval === undefined ? undefined : intervalText(interval.from, interval.to)}
        entries={outcomes.map(([name, label]) => ({
          name,
          label,
          value: interval === undefined ? undefined : String(interval[name]),
        }))}
      />
    </>
  );
}

function stacked(intervals: readonly Interval[]): uPlot.AlignedData {
  const sums = outcomes.map((_, place) =>
    intervals.map((interval) =>
      outcomes.slice(0, place + 1).reduce((sum, [name]) => sum + interval[name], 0),
    ),
  );
  return [intervals.map(({ from }) => Date.parse(from) / 1_000), ...sums.toReversed()];
}
