// A span of time, as the address holds it: one that ends now, or two fixed ends.

export const spans = {
  hour: { words: 'Last hour', milliseconds: 3_600_000 },
  day: { words: 'Last day', milliseconds: 86_400_000 },
  week: { words: 'Last week', milliseconds: 7 * 86_400_000 },
} as const;
export type SpanName = keyof typeof spans;
export const spanNames = Object.keys(spans) as SpanName[];

export type TimeRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'span'; readonly name: SpanName }
  | { readonly kind: 'fixed'; readonly from: string | undefined; readonly to: string | undefined };

export function timeRangeOf(query: URLSearchParams): TimeRange {
  const name = spanOf(query.get('range'));
  if (name !== undefined) return { kind: 'span', name };
  const from = timeOf(query.get('from'));
  const to = timeOf(query.get('to'));
  return from === undefined && to === undefined && query.get('range') !== 'fixed'
    ? { kind: 'all' }
    : { kind: 'fixed', from, to };
}

export function spanOf(text: string | null): SpanName | undefined {
  return spanNames.find((name) => name === text);
}

/** The ends of a range as the API takes them. */
export function timesOf(
  range: TimeRange,
  now: number,
): { from?: string | undefined; to?: string | undefined } {
  if (range.kind === 'all') return {};
  if (range.kind === 'fixed') return { from: range.from, to: range.to };
  return { from: new Date(now - spans[range.name].milliseconds).toISOString() };
}

/** The value of a field for date and time, which means the viewer's zone. */
export function fieldOf(iso: string | undefined): string {
  if (iso === undefined) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function isoOfField(value: string): string | undefined {
  return value === '' ? undefined : timeOf(new Date(value).toString());
}

function timeOf(text: string | null): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
