// What the colours of a chart mean, and the figures of the interval under the pointer.

import type { JSX } from 'preact';

export interface LegendEntry {
  /** Of the colour. */
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
}

export function Legend({
  at,
  entries,
}: {
  at: string | undefined;
  entries: readonly LegendEntry[];
}): JSX.Element {
  return (
    <p class="legend small" aria-hidden="true">
      {entries.map(({ name, label, value }) => (
        <span key={name}>
          <i class={`swatch ink-${name}`} />
          {label}
          {value !== undefined && <b> {value}</b>}
        </span>
      ))}
      <span class="quiet">{at ?? ''}</span>
    </p>
  );
}
