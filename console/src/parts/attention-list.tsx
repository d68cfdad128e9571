// Handoffs that no reader got in time, each with the likely reason and what to do.

import type { JSX } from 'preact';
import type { Counts } from '../api-types.js';
import { type AttentionGroup, attentionGroups } from '../data/attention.js';
import type { SpanName } from '../data/time-range.js';
import { useNow } from '../live.js';
import { handoffPath, projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { useAttention } from '../use-overview.js';
import { ErrorNotice, Loading } from './notice.js';
import { statusWords } from './status-badge.js';
import { ShortName, Text } from './text.js';
import { Time } from './time.js';

export function AttentionList({ span, total }: { span: SpanName; total: Counts }): JSX.Element {
  const { project, stream } = useProject();
  const { value, error, refresh } = useAttention(project, stream, span);
  if (value === undefined) {
    return error === undefined ? (
      <Loading what="what was missed" />
    ) : (
      <ErrorNotice error={error} retry={refresh} />
    );
  }
  if (value.length === 0) return <AllWell total={total} />;

  const more = total.missed + total.late - value.length;
  const listed = `${projectPath(project, 'handoffs')}?range=${span}&status=`;
  return (
    <>
      <ul class="attention">
        {attentionGroups(value).map((group) => (
          <Group key={`${group.status} ${group.reason.whyMany}`} group={group} />
        ))}
      </ul>
      {more > 0 && (
        <p class="small">
          These are the newest; {more.toLocaleString('en')} more are in the lists of those that were{' '}
          <a href={`${listed}missed`}>missed</a> and <a href={`${listed}late`}>late</a>.
        </p>
      )}
    </>
  );
}

function Group({ group }: { group: AttentionGroup }): JSX.Element {
  const { project } = useProject();
  const now = useNow();
  const { status, reason, items } = group;
  return (
    <li>
      <p>
        <span class={`badge ${status}`}>
          {items.length > 1 && `${items.length} `}
          {statusWords[status]}
        </span>{' '}
        <span class="strong">
          <Text text={items.length > 1 ? reason.whyMany : reason.why} />
        </span>
      </p>
      <p>{reason.what}</p>
      <ul class="names small">
        {items.slice(0, namedMax).map((item) => (
          <li key={item.id}>
            <a href={handoffPath(project, item)}>
              <ShortName text={item.id} />
            </a>{' '}
            <span class="quiet">
              <Time iso={item.written_at} now={now} />
            </span>
          </li>
        ))}
        {items.length > namedMax && <li class="quiet">and {items.length - namedMax} more</li>}
      </ul>
    </li>
  );
}

/** Handoffs that are named of each group. */
const namedMax = 3;

function AllWell({ total }: { total: Counts }): JSX.Element {
  const { project } = useProject();
  if (total.written === 0) {
    return (
      <p class="quiet">
        No handoff was written in this time.{' '}
        <a href={projectPath(project, 'try')}>Write a sample</a> to see how one arrives.
      </p>
    );
  }
  return <p class="quiet">Nothing. Every handoff of this time reached its reader, or still may.</p>;
}
