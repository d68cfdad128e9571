// Tells a screen reader what changes by itself, but not at every change.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const pauseMs = 10_000;

export function CalmStatus({ text }: { text: string }): JSX.Element {
  const [said, setSaid] = useState(text);
  const newest = useRef(text);
  newest.current = text;
  useEffect(() => {
    if (said === text) return;
    // Counted from the first change on: a text that never rests is told, too.
    const timer = setTimeout(() => setSaid(newest.current), pauseMs);
    return () => clearTimeout(timer);
  }, [said === text]);
  return (
    <span class="unseen" role="status">
      {said}
    </span>
  );
}
