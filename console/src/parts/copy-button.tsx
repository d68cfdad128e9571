// Copies a text to the clipboard and says so.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const saidMs = 2_000;

export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), saidMs);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async () => {
    setSaid((await isCopied(text)) ? 'Copied' : 'Select it and copy it by hand');
  };
  return (
    <>
      <button type="button" class="copy" onClick={() => void copy()}>
        {said ?? label}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}

/** Browsers give the clipboard to pages of HTTPS and of this machine alone. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
