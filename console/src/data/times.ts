// Times and durations in words, in the viewer's own zone.

import { language } from '../language.js';

const clock = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayAndClock = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const wholeDate = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const dayAlone = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
const exact = new Intl.DateTimeFormat(language, {
  dateStyle: 'medium',
  timeStyle: 'long',
});

/** The clock alone of a time of today, else with the day. */
export function shortTime(iso: string): string {
  const time = new Date(iso);
  if (time.toDateString() === new Date().toDateString()) return clock.format(time);
  return time.getFullYear() === new Date().getFullYear()
    ? dayAndClock.format(time)
    : wholeDate.format(time);
}

/** To the second in the viewer's zone, and as it came. */
export function exactTime(iso: string): string {
  return `${exact.format(new Date(iso))} · ${iso}`;
}

export function longTime(iso: string): string {
  return wholeDate.format(new Date(iso));
}

/** A day without a time of day: the same in every zone. */
export function dayText(iso: string): string {
  return dayAlone.format(new Date(`${iso}T00:00:00Z`));
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'long' });

/** `3 minutes ago`, `in 6 days`. */
export function relativeTime(iso: string, now: number): string {
  const distance = Date.parse(iso) - now;
  for (const [unit, milliseconds] of units) {
    if (Math.abs(distance) >= milliseconds) {
      return relative.format(Math.trunc(distance / milliseconds), unit);
    }
  }
  return distance <= 0 ? 'just now' : 'in a moment';
}

/** `< 1 ms`, `340 ms`, `4.2 s`, `2 min 5 s`, `3 h 20 min`, `7 days`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60)
    return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  if (seconds < 3_600) return twoUnits(seconds, 60, 'min', 's');
  if (seconds < 172_800) return twoUnits(seconds / 60, 60, 'h', 'min');
  return twoUnits(seconds / 3_600, 24, 'days', 'h');
}

function twoUnits(amount: number, size: number, large: string, small: string): string {
  const whole = Math.floor(amount / size);
  const rest = Math.floor(amount - whole * size);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}

/** `14:03 – 14:04`, with the day where it is not today. */
export function intervalText(from: string, to: string): string {
  const end = new Date(to);
  const isDayLong = end.getTime() - Date.parse(from) >= 86_400_000;
  return isDayLong ? longTime(from) : `${shortTime(from)} – ${clock.format(end)}`;
}
