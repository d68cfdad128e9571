// The first of many things, and all of them when asked for.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

const few = 100;

export function FirstFew<Item>({
  items,
  what,
  children,
}: {
  items: readonly Item[];
  what: string;
  children: (shown: readonly Item[]) => ComponentChildren;
}): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && items.length > few * 1.2;
  return (
    <>
      {children(isCut ? items.slice(0, few) : items)}
      {isCut && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          Show all {items.length.toLocaleString('en')} {what}
        </button>
      )}
    </>
  );
}
