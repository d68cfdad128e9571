// The axes of a chart, in the page's type and colours, with times in the viewer's zone.

import type uPlot from 'uplot';
import { language } from '../language.js';

const daySeconds = 86_400;

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' });

/** Whole numbers only: nobody hands over half a conversation. */
const steps = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 10 }, (_, power) => step * 10 ** power))
  .toSorted((a, b) => a - b);

export function axes(element: HTMLElement, valueText: (value: number) => string): uPlot.Axis[] {
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
      ticks: { ...grid, size: 4 },
      values: (_plot, times, _axis, _space, step) => times.map((time) => timeText(time, step)),
    },
    {
      font,
      stroke: ink,
      grid,
      ticks: { show: false },
      size: 56,
      incrs: steps,
      values: (_plot, values) => values.map(valueText),
    },
  ];
}

function timeText(time: number, step: number): string {
  const date = new Date(time * 1_000);
  return step >= daySeconds ? day.format(date) : clock.format(date);
}
