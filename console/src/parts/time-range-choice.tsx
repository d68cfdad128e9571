// Chooses a span that ends now, or two fixed ends in the viewer's zone.

import type { JSX } from 'preact';
import { fieldOf, isoOfField, spanNames, spans, type TimeRange } from '../data/time-range.js';
import { changeQuery } from '../router.js';

export function TimeRangeChoice({ range }: { range: TimeRange }): JSX.Element {
  const chosen = range.kind === 'all' ? '' : range.kind === 'fixed' ? 'fixed' : range.name;
  return (
    <>
      <label>
        <span>Written</span>
        <select
          value={chosen}
          onChange={({ currentTarget }) =>
            changeQuery({ range: currentTarget.value, from: '', to: '' })
          }
        >
          <option value="">At any time</option>
          {spanNames.map((name) => (
            <option key={name} value={name}>
              {spans[name].words}
            </option>
          ))}
          <option value="fixed">Between …</option>
        </select>
      </label>
      {range.kind === 'fixed' && (
        <>
          <EndField word="From" name="from" value={range.from} />
          <EndField word="Before" name="to" value={range.to} />
        </>
      )}
    </>
  );
}

function EndField({
  word,
  name,
  value,
}: {
  word: string;
  name: 'from' | 'to';
  value: string | undefined;
}): JSX.Element {
  return (
    <label>
      <span>{word}</span>
      <input
        type="datetime-local"
        value={fieldOf(value)}
        onChange={({ currentTarget }) => changeQuery({ [name]: isoOfField(currentTarget.value) })}
      />
    </label>
  );
}
