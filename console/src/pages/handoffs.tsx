// All handoffs of a project: found by name, narrowed by outcome and time, newest first and live.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type HandoffFilter, handoffFilterOf, isNarrowed } from '../data/handoff-filter.js';
import { rowsMax } from '../data/handoff-rows.js';
import { rememberList } from '../parts/back-to-list.js';
import { CalmStatus } from '../parts/calm-status.js';
import { HandoffFilters } from '../parts/handoff-filters.js';
import { HandoffTable } from '../parts/handoff-table.js';
import { EmptyNotice, ErrorNotice, Loading } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { usePlace } from '../router.js';
import { type Handoffs as Found, useHandoffs } from '../use-handoffs.js';

/** Further down than this, the user reads rows that must not move. */
const readingFromPixels = 240;

export function Handoffs(): JSX.Element {
  const { project, stream } = useProject();
  const { query } = usePlace();
  const filter = handoffFilterOf(query);
  useEffect(() => rememberList(project, query), [query]);
  const table = useRef<HTMLDivElement>(null);
  const mayMove = () =>
    scrollY < readingFromPixels && table.current?.contains(document.activeElement) !== true;
  const found = useHandoffs(project, stream, filter, mayMove);

  return (
    <Page title="Handoffs">
      <HandoffFilters filter={filter} />
      {found.error !== undefined && <ErrorNotice error={found.error} retry={found.refresh} />}
      <p class="quiet small">{countText(found, filter)}</p>
      <CalmStatus text={countText(found, filter)} />
      {found.held > 0 && (
        <button type="button" class="held" onClick={found.refresh}>
          Show {found.held === 100 ? 'more than 100' : found.held} new
        </button>
      )}
      <div ref={table}>
        {found.rows.items.length > 0 && (
          <HandoffTable
            project={project}
            items={found.rows.items}
            searched={filter.name}
            isStale={found.isLoading}
          />
        )}
      </div>
      <End found={found} filter={filter} />
    </Page>
  );
}

function End({ found, filter }: { found: Found; filter: HandoffFilter }): JSX.Element | null {
  const { rows, isLoading, error } = found;
  if (rows.items.length === 0) {
    if (isLoading) return <Loading what="handoffs" />;
    return error === undefined ? <Nothing filter={filter} /> : null;
  }
  if (rows.next === undefined) return null;
  if (rows.items.length >= rowsMax) {
    return <p class="quiet">These are the newest {rowsMax}. Narrow the time to see older ones.</p>;
  }
  return (
    <button type="button" class="wide" aria-disabled={isLoading} onClick={found.loadMore}>
      {isLoading ? 'Loading …' : 'Load more'}
    </button>
  );
}

function Nothing({ filter }: { filter: HandoffFilter }): JSX.Element {
  const { project } = useProject();
  if (filter.name !== '') {
    const requests = `${projectPath(project, 'requests')}?${new URLSearchParams({ q: filter.name })}`;
    return (
      <EmptyNotice title="No handoff has exactly this id, shared id or alias.">
        <p>
          Names are compared as a whole, capital letters included. See{' '}
          <a href={requests}>who asked for this name</a>, or look without the other filters.
        </p>
      </EmptyNotice>
    );
  }
  if (isNarrowed(filter)) {
    return (
      <EmptyNotice title="No handoff fits these filters.">
        <p>Choose a longer time or another outcome.</p>
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice title="No handoff has been written in this project yet.">
      <p>
        <a href={projectPath(project, 'try')}>Write a sample</a> and read it as the contact centre
        would.
      </p>
    </EmptyNotice>
  );
}

function countText({ rows, isLoading }: Found, filter: HandoffFilter): string {
  const count = rows.items.length;
  if (count === 0) return isLoading ? '' : 'No handoffs';
  const more = rows.next === undefined ? '' : 'The newest ';
  const kind = isNarrowed(filter) ? ' that fit' : '';
  return `${more}${count.toLocaleString('en')} ${count === 1 ? 'handoff' : 'handoffs'}${kind}`;
}
