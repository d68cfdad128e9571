// A dialog over the page: Escape and its close button end it, the focus goes back where it was.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export function Dialog({
  title,
  close,
  isFirm = false,
  children,
}: {
  title: string;
  close: () => void;
  /** Whether only its own buttons end it. */
  isFirm?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    firstToFocus(element.current)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      // Escape comes as `cancel`, which browsers let be prevented once and no second time.
      onKeyDown={(event) => {
        if (isFirm && event.key === 'Escape') event.preventDefault();
      }}
      onCancel={(event) => {
        event.preventDefault();
        if (!isFirm) close();
      }}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {!isFirm && (
          <button type="button" class="icon" aria-label="Close" onClick={close}>
            ×
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

/** What there is to enter; else the first of its own buttons, which undoes nothing. */
function firstToFocus(dialog: HTMLDialogElement | null): HTMLElement | null | undefined {
  return (
    dialog?.querySelector<HTMLElement>('input, select, textarea') ??
    dialog?.querySelector<HTMLElement>('.code button, .dialog-foot button')
  );
}
