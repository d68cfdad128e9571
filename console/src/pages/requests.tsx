// The newest calls of a project: what was asked, with which key, how it ended and why; never content.

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { fits, requestFilterOf } from '../data/request-filter.js';
import { EmptyNotice, ErrorNotice, Loading } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { RequestFilters } from '../parts/request-filters.js';
import { RequestTable } from '../parts/request-table.js';
import { useProject } from '../project-context.js';
import { usePlace } from '../router.js';
import { useKeys } from '../use-keys.js';
import { useRequests } from '../use-requests.js';

/** More are found by a narrower filter. */
const entriesMax = 4_000;
/** With fewer, what is looked for may be further back: it is looked for so often. */
const fewShown = 10;
const looksBackMax = 4;

export function Requests(): JSX.Element {
  const { project, stream } = useProject();
  const { query } = usePlace();
  const filter = requestFilterOf(query);
  const keys = useKeys();
  const { entries, isLoading, error, readOlder, refresh } = useRequests(project, stream, filter);
  const { items, next } = entries;
  const shown = useMemo(
    () => items.filter((entry) => fits(filter, entry)),
    [items, filter.kind, filter.name],
  );

  const mayReadOlder = next !== undefined && items.length < entriesMax;
  const looksBack = useRef(0);
  useEffect(() => {
    if (shown.length >= fewShown || !mayReadOlder || isLoading || error !== undefined) return;
    looksBack.current += 1;
    if (looksBack.current <= looksBackMax) readOlder();
  }, [shown.length, mayReadOlder, isLoading]);

  return (
    <Page title="Requests">
      <p class="quiet">
        Every call for this project, refused ones too, without any content. Choose one to see why it
        ended as it did.
      </p>
      <RequestFilters filter={filter} keys={keys} />
      {error !== undefined && <ErrorNotice error={error} retry={refresh} />}
      <p class="count quiet small">
        {items.length > 0 &&
          `${shown.length.toLocaleString('en')} of the newest ${items.length.toLocaleString('en')} calls`}
      </p>
      {shown.length > 0 && (
        <RequestTable entries={shown} keys={keys} open={query.get('open') ?? undefined} />
      )}
      {shown.length === 0 && isLoading && <Loading what="requests" />}
      {shown.length === 0 && !isLoading && error === undefined && (
        <EmptyNotice title="No call fits.">
          <p>
            {next === undefined
              ? 'Choose other filters, or check that the contact centre calls this project at all.'
              : 'There are older calls: look further back.'}
          </p>
        </EmptyNotice>
      )}
      {mayReadOlder && (
        <button type="button" class="wide" aria-disabled={isLoading} onClick={readOlder}>
          {isLoading ? 'Loading …' : 'Look further back'}
        </button>
      )}
    </Page>
  );
}
