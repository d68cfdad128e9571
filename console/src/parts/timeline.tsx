// What happened to a handoff, from its first look-up to its end.

import type { JSX } from 'preact';
import type { Project } from '../api-types.js';
import { timelineOf } from '../data/timeline.js';
import { useNow } from '../live.js';
import type { OneHandoff } from '../use-one-handoff.js';
import { Text } from './text.js';
import { Time } from './time.js';

export function Timeline({ found, project }: { found: OneHandoff; project: Project }): JSX.Element {
  const now = useNow();
  const events = timelineOf({
    item: found.item,
    entries: found.entries,
    keys: found.keys,
    deadlineSeconds: project.pickup_deadline_seconds,
    now,
  });
  return (
    <ol class="timeline">
      {events.map(({ at, title, detail, tone, times }) => (
        <li key={`${at} ${title} ${detail}`} class={tone}>
          <span class="strong">
            {title}
            {times > 1 && ` ${times} times`}
          </span>{' '}
          <span class="quiet small">
            <Time iso={at} />
          </span>
          {detail !== '' && (
            <span class="detail quiet small">
              <Text text={detail} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
