// A component whose code is fetched when it is first shown.

import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export function lazily<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): (props: Props) => JSX.Element {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props): JSX.Element {
    const [Found, setFound] = useState<ComponentType<Props> | undefined>(() => loaded);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (module) => {
          loaded = module.default;
          setFound(() => module.default);
          return undefined;
        },
        () => setFailed(true),
      );
    }, []);
    if (Found !== undefined) return <Found {...props} />;
    // After an update of the server its old files are gone.
    return (
      <p class="loading">{hasFailed ? 'It could not be loaded; reload the page.' : 'Loading …'}</p>
    );
  };
}
