// The way back to the list of handoffs, narrowed as it was.

import type { JSX } from 'preact';
import type { Project } from '../api-types.js';
import { projectPath } from '../paths.js';
import { addressWith } from '../router.js';

let last: { readonly projectId: string; readonly address: string } | undefined;

export function rememberList(project: Project, query: URLSearchParams): void {
  const address = addressWith(projectPath(project, 'handoffs'), query);
  last = { projectId: project.project_id, address };
}

export function BackToList({ project }: { project: Project }): JSX.Element {
  const remembered = last?.projectId === project.project_id ? last.address : undefined;
  return (
    <p class="back">
      <a href={remembered ?? projectPath(project, 'handoffs')}>All handoffs</a>
    </p>
  );
}
