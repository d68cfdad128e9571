// A field for a whole name; what is typed counts after a moment, and at once with Enter.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** After the last key, so that not each letter is looked up. */
const typingMs = 300;

export function SearchBox({
  label,
  placeholder,
  value,
  changed,
}: {
  label: string;
  placeholder: string;
  value: string;
  changed: (value: string) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    // The address may change by itself; what is being typed stays.
    const { current } = field;
    if (current !== null && document.activeElement !== current) current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const later = (milliseconds: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => changed(field.current?.value.trim() ?? ''), milliseconds);
  };
  return (
    <label class="search">
      <span>{label}</span>
      <input
        ref={field}
        type="search"
        defaultValue={value}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        onInput={() => later(typingMs)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') later(0);
        }}
      />
    </label>
  );
}
