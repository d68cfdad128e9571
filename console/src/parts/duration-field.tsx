// A length of time as a number and a unit; what is kept is seconds.

import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Hint } from './field.js';

const units = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
  ['seconds', 1],
] as const;
type Unit = (typeof units)[number][0];

export function DurationField({
  label,
  hint,
  seconds,
  changed,
}: {
  label: string;
  hint: ComponentChildren;
  seconds: number;
  changed: (seconds: number) => void;
}): JSX.Element {
  const id = useId();
  const [unit, setUnit] = useState<Unit>(() => largestUnit(seconds));
  const size = sizeOf(unit);
  return (
    <div class="field">
      <label for={`${id}-amount`}>{label}</label>
      <div class="duration">
        <input
          id={`${id}-amount`}
          type="number"
          min={1}
          step={1}
          required
          value={Math.round(seconds / size)}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget }) => {
            const amount = currentTarget.valueAsNumber;
            if (!Number.isNaN(amount)) changed(Math.round(amount) * size);
          }}
        />
        <select
          aria-label={`Unit of ${label.toLowerCase()}`}
          value={unit}
          onChange={({ currentTarget }) => {
            const chosen = units.find(([name]) => name === currentTarget.value)![0];
            setUnit(chosen);
            changed(Math.max(1, Math.round(seconds / size)) * sizeOf(chosen));
          }}
        >
          {units.map(([name]) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Hint id={`${id}-hint`}>{hint}</Hint>
    </div>
  );
}

function sizeOf(unit: Unit): number {
  return units.find(([name]) => name === unit)![1];
}

/** The largest one that counts the time in whole numbers. */
function largestUnit(seconds: number): Unit {
  return (units.find(([, size]) => seconds % size === 0) ?? units[3])[0];
}
