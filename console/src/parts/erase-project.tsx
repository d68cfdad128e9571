// Erases a project with everything in it, after its name has been typed.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import type { Project } from '../api-types.js';
import { projectsPath } from '../paths.js';
import { go } from '../router.js';
import { Confirm } from './confirm.js';
import { CopyButton } from './copy-button.js';
import { Dialog } from './dialog.js';
import { TextField } from './field.js';

export function EraseProject({
  project,
  changed,
}: {
  project: Project;
  changed: () => void;
}): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const [receipt, setReceipt] = useState<string>();
  const erase = async () => {
    const answer = await ask<{ receipt: string }>(`/v1/projects/${project.project_id}`, {
      method: 'DELETE',
    });
    setAsking(false);
    setReceipt(answer.receipt);
  };
  const leave = () => {
    go(projectsPath);
    changed();
  };
  return (
    <>
      <p class="quiet">
        With every handoff in it, at once and for good. Keys that reach it alone are revoked.
      </p>
      <button type="button" class="danger start" onClick={() => setAsking(true)}>
        Erase this project
      </button>
      {isAsking && (
        <Confirm
          title={`Erase ${project.project_slug}?`}
          action="Erase it for good"
          act={erase}
          close={() => setAsking(false)}
          isReady={typed === project.project_slug}
        >
          <p>
            Every handoff in it goes, and its keys of encryption are destroyed. Backups that were
            made before still hold it.
          </p>
          <TextField
            label={`Type ${project.project_slug} to go on`}
            value={typed}
            changed={setTyped}
          />
        </Confirm>
      )}
      {receipt !== undefined && (
        <Dialog title="The project is erased" close={leave}>
          <p>The receipt proves what was erased, when and by which key. Keep it.</p>
          <div class="dialog-foot">
            <CopyButton text={receipt} label="Copy the receipt" />
            <button type="button" class="primary" onClick={leave}>
              Done
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
