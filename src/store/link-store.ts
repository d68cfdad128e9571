// The part of the store contract that concerns links of the screen pop.

import type { BoundState, Link, NewLink } from '../link.js';

export interface LinkStore {
  /** Keeps a link; one to a state that has ended since it was found never opens. */
  createLink(tenant: string, link: NewLink): Promise<void>;
  /** As long as it lives, and the state that it is bound to is not known to have ended. */
  findLink(tenant: string, linkHash: string): Promise<Link | undefined>;
  /**
   * Notes in one step that a link found this state at `at`: one that is not bound yet is bound to
   * it, and the first opening is kept. What it gives is bound; to another state where that came
   * first, and then nothing has changed. Undefined where link or state have ended. Who ends a
   * state ends the links to it, and an erasure also those that still wait for a name of it.
   */
  openLink(
    tenant: string,
    linkHash: string,
    state: BoundState,
    at: number,
  ): Promise<Link | undefined>;
}
