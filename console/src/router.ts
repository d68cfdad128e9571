// The view is the address: which page, of which project, with which filters.

import { useEffect, useState } from 'preact/hooks';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<(place: Place) => void>();
let visits = 0;

/** The current address, kept up to date. */
export function usePlace(): Place {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    listeners.add(setPlace);
    return () => void listeners.delete(setPlace);
  }, []);
  return place;
}

/** Goes to an address of the console; `replace`: without a step in the history. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else {
    history.pushState(null, '', address);
    visits += 1;
  }
  announce();
}

/** Changes parameters of the query in place; empty ones go. */
export function changeQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = currentPlace();
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  go(addressWith(path, query), { replace: true });
}

export function addressWith(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Whether the user has come here from another page of the console. */
export function hasMoved(): boolean {
  return visits > 0;
}

/** Lets links of the console change the view without loading the page anew. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    visits += 1;
    announce();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || isForBrowser(event, link)) return;
    event.preventDefault();
    go(link.pathname + link.search);
    scrollTo(0, 0);
  });
}

function isForBrowser(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const isOurs =
    link.origin === location.origin && /^\/console(\/|$)/.test(link.pathname) && link.hash === '';
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  return !isOurs || !isPlain || event.altKey || event.defaultPrevented || link.target !== '';
}

function currentPlace(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function announce(): void {
  const place = currentPlace();
  for (const listener of listeners) listener(place);
}
