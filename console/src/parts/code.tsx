// Text for machines, whole and wrapped, with a button that copies it.

import type { JSX } from 'preact';
import { CopyButton } from './copy-button.js';
import { Text } from './text.js';

export function Code({ text, label = 'Copy' }: { text: string; label?: string }): JSX.Element {
  return (
    <div class="code">
      <pre dir="ltr">
        <code>
          <Text text={text} />
        </code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
