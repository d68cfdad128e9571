// A chart drawn by uPlot: made once, given new data, and sized and coloured as its place is.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Interval } from '../api-types.js';
import { axes, type ValueAxis } from './axes.js';

const height = 200;

export default function Chart({
  data,
  series,
  values,
  end,
  pointed,
}: {
  data: uPlot.AlignedData;
  /** Without the first, which is the time. */
  series: readonly uPlot.Series[];
  values: ValueAxis;
  /** Where the time of the last interval ends, in seconds. */
  end: number;
  /** Tells the place of the interval under the pointer; undefined: none is. */
  pointed: (place: number | undefined) => void;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const newestEnd = useRef(end);
  newestEnd.current = end;
  const plot = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [12, 24, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { range: (_plot, from) => [from, newestEnd.current] },
          y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
        },
        axes: axes(element, values),
        series: [{}, ...series],
        hooks: { setCursor: [({ cursor }) => pointed(cursor.idx ?? undefined)] },
      },
      data,
      element,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const endThemes = onTheme(() => made.redraw(false, true));
    return () => {
      sizes.disconnect();
      endThemes();
      made.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="chart" ref={place} />;
}

/** Runs `act` when light becomes dark or the other way round. */
function onTheme(act: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(act);
  dark.addEventListener('change', act);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    dark.removeEventListener('change', act);
    chosen.disconnect();
  };
}

/** In seconds, as uPlot counts. */
export function endOf(intervals: readonly Interval[]): number {
  return Date.parse(intervals.at(-1)?.to ?? '') / 1_000;
}
