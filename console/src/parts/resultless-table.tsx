// Look-ups that found nothing, by their cause, with what to do about each.

import type { JSX } from 'preact';
import { type Counts, lookUpCauses } from '../api-types.js';
import { causeWords } from '../data/cause-words.js';
import { projectPath } from '../paths.js';
import { useProject } from '../project-context.js';

export function ResultlessTable({
  counts,
}: {
  counts: Counts['look_ups_without_result'];
}): JSX.Element {
  const { project } = useProject();
  const found = lookUpCauses.filter((cause) => counts[cause] > 0);
  if (found.length === 0) return <p class="quiet">None. Every look-up found what it asked for.</p>;
  return (
    <>
      <ul class="causes">
        {found.map((cause) => (
          <li key={cause}>
            <p class="strong">
              <span class="value">{counts[cause].toLocaleString('en')}</span>{' '}
              {causeWords[cause].word}
            </p>
            <p>{causeWords[cause].why}</p>
            <p class="quiet">{causeWords[cause].what}</p>
          </li>
        ))}
      </ul>
      <p class="small">
        <a href={`${projectPath(project, 'requests')}?show=404`}>See these requests</a>
      </p>
    </>
  );
}
