// The addresses of the console's pages, and of a project's calls.

import type { Handoff, Project } from './api-types.js';

export const projectPages = ['overview', 'handoffs', 'requests', 'try', 'settings'] as const;
export type ProjectPage = (typeof projectPages)[number];

export const projectsPath = '/console/projects';
export const keysPath = '/console/keys';

export function projectPath(project: Project, page: ProjectPage): string {
  return `${projectsPath}/${project.project_slug}/${page}`;
}

/** Where one handoff is looked at. */
export function handoffPath(project: Project, { id }: Pick<Handoff, 'id'>): string {
  return `${projectPath(project, 'handoffs')}/one?${new URLSearchParams({ id })}`;
}

/** `{base}` of the API's calls for handoff states. */
export function basePath(project: Project): string {
  return `/v1/${project.account_id}/${project.project_id}`;
}
