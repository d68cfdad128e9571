// Whether what is shown keeps itself up to date.

import type { JSX } from 'preact';
import type { LiveState } from '../live.js';

const words: Readonly<Record<LiveState, readonly [string, string]>> = {
  on: ['Live', 'What happens is shown within a second.'],
  connecting: ['Connecting', 'The event stream is being opened; the page asks anew meanwhile.'],
  off: ['Every 5 s', 'There is no event stream now; the page asks anew every five seconds.'],
};

export function LiveSign({ state }: { state: LiveState | undefined }): JSX.Element | null {
  if (state === undefined) return null;
  const [word, meaning] = words[state];
  return (
    <span class={`live ${state}`} title={meaning}>
      {word}
    </span>
  );
}
