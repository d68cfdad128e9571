// Something that is done every so often, as long as the page is seen.

import { useEffect, useRef } from 'preact/hooks';

export function useEvery(milliseconds: number, act: () => void): void {
  const newest = useRef(act);
  newest.current = act;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') newest.current();
    }, milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}
