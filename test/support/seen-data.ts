// What a key sees of `data`, by the body of a look-up that holds it.

import { expect } from 'vitest';
import { type View, viewedBody } from '../../src/view.js';

/** The data and the pointers that a key with this view is given. */
export function seen(
  data: string,
  view: Exclude<View, 'full'>,
  sensitiveFields: readonly string[] = [],
  sensitiveLastFour = false,
): [data: string, withheld: readonly string[]] {
  const body = `{"id":"a \\u00e9","shared_id":"s","data":${data}}`;
  const { text, withheld } = viewedBody(body, view, { sensitiveFields, sensitiveLastFour });
  const [start, end] = body.split(data) as [string, string];
  expect(text.startsWith(start) && text.endsWith(end)).toBe(true);
  return [text.slice(start.length, text.length - end.length), withheld];
}
