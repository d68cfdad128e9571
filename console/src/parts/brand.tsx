// The name of the product with its mark.

import type { JSX } from 'preact';

export function Brand(): JSX.Element {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <rect width="32" height="32" rx="8" class="brand-ground" />
        <path d="M8.5 23.5 23.5 8.5" class="brand-stick" />
        <path d="m13 19 6-6" class="brand-ring" />
      </svg>
      Baton
    </span>
  );
}
