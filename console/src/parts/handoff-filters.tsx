// The search box and the filters of the handoff list, all of them in the address.

import { handoffStatuses } from '@baton/client';
import type { JSX } from 'preact';
import { type HandoffFilter, isNarrowed } from '../data/handoff-filter.js';
import { changeQuery } from '../router.js';
import { SearchBox } from './search-box.js';
import { statusWords } from './status-badge.js';
import { TimeRangeChoice } from './time-range-choice.js';

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
