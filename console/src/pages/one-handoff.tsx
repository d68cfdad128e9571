// One handoff: what was handed over, what happened to it, and how to look it up again.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { beginning, markedText } from '../data/visible-text.js';
import { type LiveEvent, useLive } from '../live.js';
import { BackToList } from '../parts/back-to-list.js';
import { EraseHandoff } from '../parts/erase-handoff.js';
import { HandoffContent } from '../parts/handoff-content.js';
import { HandoffFacts } from '../parts/handoff-facts.js';
import { HashedHandoff } from '../parts/hashed-handoff.js';
import { LookUpCurl } from '../parts/look-up-curl.js';
import { EmptyNotice, ErrorNotice, Loading } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Name } from '../parts/text.js';
import { Timeline } from '../parts/timeline.js';
import { projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { usePlace } from '../router.js';
import { type OneHandoff as Found, useOneHandoff } from '../use-one-handoff.js';

export function OneHandoff(): JSX.Element {
  const id = usePlace().query.get('id') ?? '';
  const isHash = id.startsWith('hash:');
  return isHash ? <Hashed record={id} /> : <Known key={id} id={id} />;
}

function Hashed({ record }: { record: string }): JSX.Element {
  const { project } = useProject();
  return (
    <Page title="Handoff known by its hash" heading={<Name text={record} />}>
      <BackToList project={project} />
      <HashedHandoff key={record} record={record} />
    </Page>
  );
}

function Known({ id }: { id: string }): JSX.Element {
  const { project, stream } = useProject();
  const { value, error, refresh } = useOneHandoff(project, id);
  useLive(stream, (events) => {
    if (events.some((event) => concerns(event, id, value?.item.id))) refresh();
  });
  const heading = (
    <>
      <Name text={id} /> {value !== undefined && <StatusBadge status={value.item.status} />}
    </>
  );

  return (
    <Page title={`Handoff ${markedText(beginning(id, 40))}`} heading={heading}>
      <BackToList project={project} />
      {error?.code === 'handoff_state_not_found' ? (
        <NotThere id={id} message={error.message} />
      ) : (
        error !== undefined && <ErrorNotice error={error} retry={refresh} />
      )}
      {value !== undefined && <Whole id={id} found={value} refresh={refresh} />}
      {value === undefined && error === undefined && <Loading what="the handoff" />}
    </Page>
  );
}

function Whole({
  id,
  found,
  refresh,
}: {
  id: string;
  found: Found;
  refresh: () => void;
}): JSX.Element {
  const { project } = useProject();
  const [receipt, setReceipt] = useState<string>();
  const { item } = found;
  const isAlive = item.status !== 'expired' && item.status !== 'erased';
  return (
    <div class="handoff">
      <HandoffFacts item={item} project={project} />
      <div class="columns">
        <section aria-labelledby="content-title">
          <HandoffContent {...found} />
        </section>
        <div class="aside">
          <section aria-labelledby="timeline-title">
            <h2 id="timeline-title">What happened</h2>
            <Timeline found={found} project={project} />
          </section>
          {isAlive && (
            <section aria-labelledby="curl-title">
              <h2 id="curl-title">Look it up again</h2>
              <LookUpCurl project={project} query={found.query} />
            </section>
          )}
          {(isAlive || receipt !== undefined) && (
            <section aria-labelledby="erase-title">
              <h2 id="erase-title">Erase it</h2>
              <EraseHandoff
                name={id}
                query={found.query}
                receipt={receipt}
                erased={(text) => {
                  setReceipt(text);
                  refresh();
                }}
              />
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

function NotThere({ id, message }: { id: string; message: string }): JSX.Element {
  const { project } = useProject();
  const requests = `${projectPath(project, 'requests')}?${new URLSearchParams({ q: id })}`;
  return (
    <EmptyNotice title={message}>
      <p>
        See <a href={requests}>who asked for this name</a>, or look in{' '}
        <a href={projectPath(project, 'handoffs')}>all handoffs</a>.
      </p>
    </EmptyNotice>
  );
}

/** Where names are hidden, events and the list name a hash; of an erased state always. */
function concerns({ kind, id }: LiveEvent, wanted: string, listed: string | undefined): boolean {
  return kind === 'gap' || kind === 'erased' || id === wanted || id === listed;
}
