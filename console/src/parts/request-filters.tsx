// The search box and the filters of the list of requests, all of them in the address.

import type { JSX } from 'preact';
import type { ApiKey } from '../api-types.js';
import { type RequestFilter, requestKinds, requestKindWords } from '../data/request-filter.js';
import { markedText } from '../data/visible-text.js';
import { changeQuery } from '../router.js';
import { SearchBox } from './search-box.js';

export function RequestFilters({
  filter,
  keys,
}: {
  filter: RequestFilter;
  keys: ReadonlyMap<string, ApiKey>;
}): JSX.Element {
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchBox
          label="Search"
          placeholder="An id, shared id, alias or request id"
          value={filter.name}
          changed={(q) => changeQuery({ q })}
        />
        <label>
          <span>Answer</span>
          <select
            value={filter.kind}
            onChange={({ currentTarget: { value } }) =>
              changeQuery({ show: value === 'all' ? '' : value })
            }
          >
            {requestKinds.map((kind) => (
              <option key={kind} value={kind}>
                {requestKindWords[kind]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Calls</span>
          <select
            value={filter.isWhole ? 'all' : ''}
            onChange={({ currentTarget }) => changeQuery({ calls: currentTarget.value })}
          >
            <option value="">For handoffs</option>
            <option value="all">All, lists too</option>
          </select>
        </label>
        <label>
          <span>Key</span>
          <select
            value={filter.keyId}
            onChange={({ currentTarget }) => changeQuery({ key: currentTarget.value })}
          >
            <option value="">Any</option>
            {[...keys.values()].map(({ key_id, name }) => (
              <option key={key_id} value={key_id}>
                {markedText(name ?? key_id)}
              </option>
            ))}
          </select>
        </label>
      </form>
    </search>
  );
}
