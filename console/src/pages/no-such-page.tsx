// What an address shows that leads nowhere.

import type { JSX } from 'preact';
import { EmptyNotice } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { projectsPath } from '../paths.js';

export function NoSuchPage({ what }: { what: string }): JSX.Element {
  return (
    <Page title="Nothing here">
      <EmptyNotice title={what}>
        <p>
          Check the address, or begin at <a href={projectsPath}>your projects</a>.
        </p>
      </EmptyNotice>
    </Page>
  );
}
