// The data of one handoff, its sensitive values masked until they are revealed, which is audited.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { jsonTree, memberOf } from '../data/json-tree.js';
import { pointersOf } from '../data/sensitive.js';
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
  const hasSensitive = project.sensitive_fields.length > 0;

  return (
    <>
      <header class="section-head">
        <h2 id="content-title">What was handed over</h2>
        {value !== undefined && hasSensitive && (
          <button type="button" aria-pressed={isRevealed} onClick={() => setRevealed(!isRevealed)}>
            {isRevealed ? 'Mask again' : 'Reveal sensitive values'}
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
      {isShown && <Laid text={value.text} />}
      {isShown && (
        <p class="quiet small">
          {value.isRevealed && 'That you have revealed it is in the audit. '}
          {!hasSensitive && (
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

function Laid({ text }: { text: string }): JSX.Element {
  const { project } = useProject();
  const data = memberOf(jsonTree(text), 'data') ?? { kind: 'null' as const };
  return (
    <>
      <div class="card">
        <DataTree tree={data} sensitive={pointersOf(project.sensitive_fields)} />
      </div>
      <details class="raw">
        <summary>As JSON</summary>
        <Code text={text} />
      </details>
    </>
  );
}
