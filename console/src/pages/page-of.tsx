// Every page of the console on one screen, by its address.

import type { JSX } from 'preact';
import type { Project, Session } from '../api-types.js';
import { keysPath, projectsPath } from '../paths.js';
import { Handoffs } from './handoffs.js';
import { Keys } from './keys.js';
import { NoSuchPage } from './no-such-page.js';
import { OneHandoff } from './one-handoff.js';
import { Overview } from './overview.js';
import { Projects } from './projects.js';
import { Requests } from './requests.js';
import { Settings } from './settings.js';
import { Try } from './try.js';

export interface Visit {
  readonly path: string;
  /** What follows the project in the path. */
  readonly page: string | undefined;
  readonly session: Session;
  readonly projects: readonly Project[];
  readonly reloadProjects: () => void;
}

export function pageOf({ path, page, session, projects, reloadProjects }: Visit): JSX.Element {
  if (path === projectsPath) {
    return <Projects session={session} projects={projects} changed={reloadProjects} />;
  }
  if (path === keysPath) return <Keys session={session} projects={projects} />;
  switch (page) {
    case 'overview':
      return <Overview />;
    case 'handoffs':
      return <Handoffs />;
    case 'handoffs/one':
      return <OneHandoff />;
    case 'requests':
      return <Requests />;
    case 'try':
      return <Try />;
    case 'settings':
      return <Settings changed={reloadProjects} />;
    default:
      return <NoSuchPage what="There is no page at this address." />;
  }
}
