// The secret of a key that was just made: here once, and never again.

import type { JSX } from 'preact';
import type { ApiKeyWithSecret, Project } from '../api-types.js';
import { keyWords } from '../data/key-words.js';
import { Code } from './code.js';
import { Dialog } from './dialog.js';

export function ShownSecret({
  made,
  projects,
  close,
}: {
  made: ApiKeyWithSecret;
  projects: readonly Project[];
  close: () => void;
}): JSX.Element {
  return (
    <Dialog title="Copy the key now" close={close} isFirm>
      <p>It is shown this once. Whoever has it can use it: keep it in a secret store.</p>
      <Code text={made.secret} label="Copy the key" />
      <p class="quiet">{keyWords(made, projects)}</p>
      <div class="dialog-foot">
        <button type="button" class="primary" onClick={close}>
          I have copied it
        </button>
      </div>
    </Dialog>
  );
}
