// The search box and the filters of the handoff list, all of them in the address.

import { handoffStatuses } from '@baton/client';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type HandoffFilter, isNarrowed } from '../data/handoff-filter.js';
import { changeQuery } from '../router.js';
import { statusWords } from './status-badge.js';
import { TimeRangeChoice } from './time-range-choice.js';

/** After the last key, so that not each letter is looked up. */
const typingMs = 300;

export function HandoffFilters({ filter }: { filter: HandoffFilter }): JSX.Element {
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchBox
          label="Search"
          placeholder="A whole id, shared id or alias"
          value={filter.name}
          changed={(q) => changeQuery({ q })}
        />
        <label>
          <span>Outcome</span>
          <select
            value={filter.status ?? ''}
            onChange={({ currentTarget }) => changeQuery({ status: currentTarget.value })}
          >
            <option value="">Any</option>
            {handoffStatuses.map((status) => (
              <option key={status} value={status}>
                {statusWords[status]}
              </option>
            ))}
          </select>
        </label>
        <TimeRangeChoice range={filter.range} />
        {isNarrowed(filter) && (
          <button
            type="button"
            class="link clear"
            onClick={() => changeQuery({ q: '', status: '', range: '', from: '', to: '' })}
          >
            Clear
          </button>
        )}
      </form>
    </search>
  );
}

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
