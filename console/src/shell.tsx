// What stands around every page: the name, the project, the ways to go, and who is signed in.

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Project, Session } from './api-types.js';
import type { LiveState } from './live.js';
import { Brand } from './parts/brand.js';
import { LiveSign } from './parts/live-sign.js';
import { Navigation } from './parts/navigation.js';
import { SignOut } from './parts/sign-out.js';
import { ThemeChoice } from './parts/theme.js';

export function Shell({
  session,
  projects,
  project,
  page,
  liveState,
  left,
  children,
}: {
  session: Session;
  projects: readonly Project[];
  project: Project | undefined;
  page: string | undefined;
  liveState: LiveState | undefined;
  left: (reason: string | undefined) => void;
  children: ComponentChildren;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="shell">
        <header class={isOpen ? 'side open' : 'side'}>
          <div class="side-head">
            <a href="/console" class="home" aria-label="Baton, to the overview">
              <Brand />
            </a>
            <LiveSign state={liveState} />
            <button
              type="button"
              class="menu"
              aria-expanded={isOpen}
              aria-controls="menu"
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? 'Close' : 'Menu'}
            </button>
          </div>
          <div class="side-body" id="menu">
            <Navigation
              projects={projects}
              project={project}
              page={page}
              moved={() => setOpen(false)}
            />
            <div class="side-foot">
              <ThemeChoice />
              <SignOut session={session} left={left} />
            </div>
          </div>
        </header>
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </>
  );
}
