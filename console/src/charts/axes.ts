// The axes of a chart, in the page's type and colours, with times in the viewer's zone.

import type uPlot from 'uplot';
import { language } from '../language.js';

const daySeconds = 86_400;

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' });

/** Whole numbers only: nobody hands over half a conversation. */
export const countSteps = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 10 }, (_, power) => step * 10 ** power))
  .toSorted((a, b) => a - b);

/** Milliseconds that people count in. */
export const timeSteps = [
  ...countSteps.filter((step) => step < 1_000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800].map((seconds) => seconds * 1_000),
  ...[1, 2, 6, 12, 24, 48, 168].map((hours) => hours * 3_600_000),
];

/** Pixels of an axis with these labels: digits are about so wide, and there is a gap. */
const labelPixels = (labels: readonly string[] | null) =>
  20 + 7 * Math.max(1, ...(labels ?? []).map(({ length }) => length));

export interface ValueAxis {
  readonly steps: number[];
  /** Text for a value. */
  readonly textOf: (value: number) => string;
}

export function axes(element: HTMLElement, { steps, textOf }: ValueAxis): uPlot.Axis[] {
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const ink = () => getComputedStyle(element).color;
  const line = () => getComputedStyle(element).borderBottomColor;
  const grid = { stroke: line, width: 1 };
  return [
    {
      font,
      stroke: ink,
      space: 80,
      grid: { show: false },
      size: 34,
      ticks: { ...grid, size: 4 },
      values: (_plot, times, _axis, _space, step) => times.map((time) => timeText(time, step)),
    },
    {
      font,
      stroke: ink,
      grid,
      ticks: { show: false },
      size: (_plot, labels) => labelPixels(labels),
      incrs: steps,
      values: (_plot, values) => values.map(textOf),
    },
  ];
}

function timeText(time: number, step: number): string {
  const date = new Date(time * 1_000);
  return step >= daySeconds ? day.format(date) : clock.format(date);
}
