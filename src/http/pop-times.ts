// Times as the screen pop says them: in UTC, since the server cannot know where its reader is.

import { type Html, html } from './html.js';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Milliseconds of each unit, the longest first. */
const units = new Map<Intl.RelativeTimeFormatUnit, number>([
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]);
const relative = new Intl.RelativeTimeFormat('en');

/** `3 minutes ago`, `in 6 days`; times are milliseconds since 1970. */
export function agoText(time: number, now: number): string {
  const difference = time - now;
  for (const [unit, length] of units) {
    const count = Math.trunc(difference / length);
    if (count !== 0) return relative.format(count, unit);
  }
  return 'just now';
}

/** `22 November 2026, 13:40:05 UTC`, with the exact time for programs. */
export function timeElement(time: number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}">${dateText(iso)}, ${iso.slice(11, 19)} UTC</time>`;
}

const dateForm = /^\d{4}-\d\d-\d\d$/;
const timeForm =
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?<zone>[Zz]|[+-]\d\d:\d\d)?$/;

/** Text that is a date or a time (RFC 3339, also without a zone) in a readable form; else undefined. */
export function readableTime(text: string, now: number): Html | undefined {
  if (dateForm.test(text)) return isDate(text) ? html`<time>${dateText(text)}</time>` : undefined;
  const zone = timeForm.exec(text)?.groups?.zone;
  if (!timeForm.test(text) || !isDate(text.slice(0, 10))) return undefined;
  const written = text.replace(' ', 'T').toUpperCase();
  const time = Date.parse(zone === undefined ? `${written}Z` : written);
  if (Number.isNaN(time)) return undefined;
  if (zone !== undefined) return html`${timeElement(time)}, ${agoText(time, now)}`;
  return html`<time>${dateText(text)}, ${text.slice(11)}</time>, no time zone given`;
}

function dateText(iso: string): string {
  return `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
}

/** `Date.parse` takes 30 February for 2 March: such a day does not come back as it went in. */
function isDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
