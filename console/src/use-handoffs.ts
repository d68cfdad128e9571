// The handoff list of the page that is open, made anew for each filter.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Project } from './api-types.js';
import type { HandoffFilter } from './data/handoff-filter.js';
import { emptyList, HandoffList, type ListState } from './handoff-list.js';
import { type LiveStream, useLive } from './live.js';
import { basePath } from './paths.js';

/** Between two readings while much happens. */
const pauseMs = 700;

export interface Handoffs extends ListState {
  readonly loadMore: () => void;
  /** Shows what was held back; also tries again after an error. */
  readonly refresh: () => void;
}

export function useHandoffs(
  project: Project,
  stream: LiveStream | undefined,
  filter: HandoffFilter,
  /** Whether rows may be put in at the top now. */
  mayMove: () => boolean,
): Handoffs {
  const [state, setState] = useState(emptyList);
  const list = useRef<HandoffList | undefined>(undefined);
  const path = `${basePath(project)}/handoff_states`;

  useEffect(() => {
    // Until the new rows are there, the old ones stay.
    setState((before) => ({ ...before, isLoading: true, held: 0 }));
    const made = new HandoffList(path, filter, setState);
    list.current = made;
    return () => made.end();
  }, [path, JSON.stringify(filter)]);

  useLive(stream, () => list.current?.refresh(mayMove()), pauseMs);
  return {
    ...state,
    loadMore: () => list.current?.loadMore(),
    refresh: () => list.current?.refresh(true),
  };
}
