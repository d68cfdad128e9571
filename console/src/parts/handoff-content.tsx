// The data of one handoff, its sensitive values masked until they are revealed, which is audited.

import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { type JsonTree, jsonTree, memberOf } from '../data/json-tree.js';
import { maskedCount, type Pointers, pointersOf } from '../data/sensitive.js';
import { projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { useLoaded } from '../use-loaded.js';
import { contentOf, type OneHandoff } from '../use-one-handoff.js';
import { Code } from './code.js';
import { DataTree } from './data-tree.js';
import { ErrorNotice, Loading } from './notice.js';

export function HandoffContent({ item, query }: OneHandoff): JSX.Element {
  const { project } = useProject();
  const [isRevealed, setRevealed] = useState(false);
  const isAlive = item.status !== 'expired' && item.status !== 'erased';
  const { value, error, refresh } = useLoaded(
    async (signal) => (isAlive ? contentOf(project, query, isRevealed, signal) : undefined),
    [project.project_id, JSON.stringify(query), isAlive, item.version, isRevealed],
  );
  // What was revealed goes at once when it is to be masked again.
  const isShown = isAlive && value !== undefined && value.isRevealed === isRevealed;
  const data = useMemo(() => dataOf(value?.text), [value]);
  const sensitive = pointersOf(project.sensitive_fields);
  const masked = useRef(0);
  if (isShown && !isRevealed) masked.current = maskedCount(data, sensitive);

  return (
    <>
      <header class="section-head">
        <h2 id="content-title">What was handed over</h2>
        {masked.current > 0 && (
          <button type="button" onClick={() => setRevealed(!isRevealed)}>
            {isRevealed ? 'Mask again' : revealWords(masked.current)}
          </button>
        )}
      </header>
      {!isAlive && (
        <p class="notice">
          Its content is gone for good: the handoff{' '}
          {item.status === 'erased' ? 'was erased' : 'has expired'}.
        </p>
      )}
      {isAlive && error !== undefined && <ErrorNotice error={error} retry={refresh} />}
      {isAlive && !isShown && error === undefined && <Loading what="the content" />}
      {isShown && <Laid data={data} text={value.text} sensitive={sensitive} />}
      {isShown && (
        <p class="quiet small">
          {isRevealed && 'That you have revealed it is in the audit.'}
          {sensitive.length === 0 && (
            <>
              No field of this project is marked as sensitive:{' '}
              <a href={projectPath(project, 'settings')}>settings</a>.
            </>
          )}
        </p>
      )}
    </>
  );
}

function revealWords(count: number): string {
  return count === 1 ? 'Reveal 1 sensitive value' : `Reveal ${count} sensitive values`;
}

/** The member `data` of a look-up's answer. */
function dataOf(text: string | undefined): JsonTree {
  const whole = text === undefined ? undefined : jsonTree(text);
  return (whole && memberOf(whole, 'data')) ?? { kind: 'null' };
}

function Laid({
  data,
  text,
  sensitive,
}: {
  data: JsonTree;
  text: string;
  sensitive: Pointers;
}): JSX.Element {
  return (
    <>
      <div class="card">
        <DataTree tree={data} sensitive={sensitive} />
      </div>
      <details class="raw">
        <summary>As JSON</summary>
        <Code text={text} />
      </details>
    </>
  );
}
