// Erases a handoff after a second question, and shows the receipt.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import { basePath } from '../paths.js';
import { useProject } from '../project-context.js';
import type { NameQuery } from '../use-one-handoff.js';
import { Confirm } from './confirm.js';
import { CopyButton } from './copy-button.js';
import { Name } from './text.js';

export function EraseHandoff({
  name,
  query,
  receipt,
  erased,
}: {
  /** As the user knows it. */
  name: string;
  query: NameQuery;
  /** Of an erasure that was just made. */
  receipt: string | undefined;
  erased: (receipt: string) => void;
}): JSX.Element {
  const { project } = useProject();
  const [isAsking, setAsking] = useState(false);
  const erase = async () => {
    const answer = await ask<{ receipt: string }>(`${basePath(project)}/handoff_state`, {
      method: 'DELETE',
      query,
    });
    setAsking(false);
    erased(answer.receipt);
  };

  if (receipt !== undefined) {
    return (
      <div class="notice" role="status">
        <p>It is erased. The receipt proves what was erased, when and by which key.</p>
        <CopyButton text={receipt} label="Copy the receipt" />
      </div>
    );
  }
  return (
    <>
      <p class="quiet small">Content and names go at once and for good; a signed receipt stays.</p>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        Erase this handoff
      </button>
      {isAsking && (
        <Confirm
          title="Erase this handoff?"
          action="Erase it for good"
          act={erase}
          close={() => setAsking(false)}
        >
          <p>
            <Name text={name} />
          </p>
          <p>
            Nobody can read it any more, and nothing brings it back. Whoever looks it up is told
            that it was erased.
          </p>
        </Confirm>
      )}
    </>
  );
}
