// The list of requests of the page that is open, made anew for each filter that the server applies.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Project } from './api-types.js';
import type { RequestFilter } from './data/request-filter.js';
import { type LiveStream, useLive } from './live.js';
import { basePath } from './paths.js';
import { emptyRequestList, RequestList, type RequestListState } from './request-list.js';
import { useEvery } from './use-every.js';

/** Not every call is told by an event: look-ups in vain are not. */
const anewMs = 3_000;
/** Between two readings while much happens. */
const pauseMs = 1_000;

export interface Requests extends RequestListState {
  readonly readOlder: () => void;
  readonly refresh: () => void;
}

export function useRequests(
  project: Project,
  stream: LiveStream | undefined,
  filter: RequestFilter,
): Requests {
  const [state, setState] = useState(emptyRequestList);
  const list = useRef<RequestList | undefined>(undefined);
  const path = `${basePath(project)}/audit`;
  const { name, isWhole, keyId } = filter;

  useEffect(() => {
    const made = new RequestList(path, filter, setState);
    list.current = made;
    return () => made.end();
  }, [path, name, isWhole, keyId]);

  const refresh = () => list.current?.refresh();
  useLive(stream, refresh, pauseMs);
  useEvery(anewMs, refresh);
  return { ...state, readOlder: () => list.current?.readOlder(), refresh };
}
