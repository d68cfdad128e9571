// Handoffs that no reader got in time, each with the likely reason and what to do.

import type { JSX } from 'preact';
import type { Counts } from '../api-types.js';
import type { SpanName } from '../data/time-range.js';
import { useNow } from '../live.js';
import { handoffPath, projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { useAttention } from '../use-overview.js';
import { ErrorNotice, Loading } from './notice.js';
import { StatusBadge } from './status-badge.js';
import { Name } from './text.js';
import { Time } from './time.js';

export function AttentionList({ span, total }: { span: SpanName; total: Counts }): JSX.Element {
  const { project, stream } = useProject();
  const { value, error, refresh } = useAttention(project, stream, span);
  const now = useNow();
  if (value === undefined) {
    return error === undefined ? (
      <Loading what="what was missed" />
    ) : (
      <ErrorNotice error={error} retry={refresh} />
    );
  }
  if (value.length === 0) return <AllWell total={total} />;

  const more = total.missed + total.late - value.length;
  const all = `${projectPath(project, 'handoffs')}?${new URLSearchParams({ status: 'missed', range: span })}`;
  return (
    <>
      <ul class="attention">
        {value.map(({ item, reason }) => (
          <li key={item.id}>
            <p>
              <StatusBadge status={item.status} />{' '}
              <a href={handoffPath(project, item)}>
                <Name text={item.id} />
              </a>{' '}
              <span class="quiet small">
                <Time iso={item.written_at} now={now} />
              </span>
            </p>
            <p>{reason.why}</p>
            <p class="quiet">{reason.what}</p>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="small">
          And {more.toLocaleString('en')} more: <a href={all}>all that were missed</a>
        </p>
      )}
    </>
  );
}

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
