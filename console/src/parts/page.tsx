// The frame of a page: its heading, which has the focus when the page is entered, and its actions.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { hasMoved } from '../router.js';

export function Page({
  title,
  heading,
  actions,
  children,
}: {
  /** For the window, and the heading unless there is one of its own. */
  title: string;
  heading?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  const headingElement = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Baton`;
  }, [title]);
  useEffect(() => {
    if (hasMoved()) headingElement.current?.focus({ preventScroll: true });
  }, []);

  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1} ref={headingElement}>
          {heading ?? title}
        </h1>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
