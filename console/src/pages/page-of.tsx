// Every page of the console on one screen, by its address.

import type { JSX } from 'preact';
import type { Project, Session } from '../api-types.js';
import { Handoffs } from './handoffs.js';
import { NoSuchPage } from './no-such-page.js';
import { OneHandoff } from './one-handoff.js';
import { Overview } from './overview.js';
import { Requests } from './requests.js';

export interface Visit {
  readonly path: string;
  /** What follows the project in the path. */
  readonly page: string | undefined;
  readonly session: Session;
  readonly projects: readonly Project[];
  readonly reloadProjects: () => void;
}

export function pageOf(visit: Visit): JSX.Element {
  switch (visit.page) {
    case 'overview':
      return <Overview />;
    case 'handoffs':
      return <Handoffs />;
    case 'requests':
      return <Requests />;
    case 'handoffs/one':
      return <OneHandoff />;
    default:
      return <NoSuchPage what="There is no page at this address." />;
  }
}
