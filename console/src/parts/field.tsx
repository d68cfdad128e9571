// Fields of forms: a label, what is entered, and a word of help.

import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

export function TextField({
  label,
  hint,
  value,
  changed,
  ...more
}: {
  label: string;
  hint?: ComponentChildren;
  value: string;
  changed: (value: string) => void;
  required?: boolean;
  maxLength?: number;
  pattern?: string;
  placeholder?: string;
}): JSX.Element {
  const hintId = useId();
  return (
    <div class="field">
      <label>
        {label}
        <input
          {...more}
          value={value}
          autoComplete="off"
          spellcheck={false}
          aria-describedby={hint === undefined ? undefined : hintId}
          onInput={({ currentTarget }) => changed(currentTarget.value)}
        />
      </label>
      <Hint id={hintId}>{hint}</Hint>
    </div>
  );
}

export function LinesField({
  label,
  hint,
  lines,
  rows = 4,
  changed,
}: {
  label: string;
  hint: ComponentChildren;
  lines: string;
  rows?: number;
  changed: (lines: string) => void;
}): JSX.Element {
  const hintId = useId();
  return (
    <div class="field">
      <label>
        {label}
        <textarea
          class="code-field"
          rows={rows}
          spellcheck={false}
          value={lines}
          aria-describedby={hintId}
          onInput={({ currentTarget }) => changed(currentTarget.value)}
        />
      </label>
      <Hint id={hintId}>{hint}</Hint>
    </div>
  );
}

export function SelectField({
  label,
  hint,
  value,
  options,
  changed,
}: {
  label: string;
  hint?: ComponentChildren;
  value: string;
  /** Each a value and its words. */
  options: readonly (readonly [string, string])[];
  changed: (value: string) => void;
}): JSX.Element {
  const hintId = useId();
  return (
    <div class="field">
      <label>
        {label}
        <select
          value={value}
          aria-describedby={hint === undefined ? undefined : hintId}
          onChange={({ currentTarget }) => changed(currentTarget.value)}
        >
          {options.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Hint id={hintId}>{hint}</Hint>
    </div>
  );
}

export function CheckField({
  label,
  hint,
  isChecked,
  changed,
}: {
  label: string;
  hint?: ComponentChildren;
  isChecked: boolean;
  changed: (isChecked: boolean) => void;
}): JSX.Element {
  const hintId = useId();
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={isChecked}
          aria-describedby={hint === undefined ? undefined : hintId}
          onChange={({ currentTarget }) => changed(currentTarget.checked)}
        />
        {label}
      </label>
      <Hint id={hintId}>{hint}</Hint>
    </div>
  );
}

export function Hint({
  id,
  children,
}: {
  id: string;
  children?: ComponentChildren;
}): JSX.Element | null {
  if (children === undefined) return null;
  return (
    <p id={id} class="quiet small">
      {children}
    </p>
  );
}
