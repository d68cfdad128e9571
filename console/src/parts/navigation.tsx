// The project that is looked at, and the pages of the console.

import type { JSX } from 'preact';
import type { Project } from '../api-types.js';
import { keysPath, type ProjectPage, projectPath, projectsPath } from '../paths.js';
import { go, usePlace } from '../router.js';

const words: readonly (readonly [ProjectPage, string])[] = [
  ['overview', 'Overview'],
  ['handoffs', 'Handoffs'],
  ['requests', 'Requests'],
  ['try', 'Try it'],
  ['settings', 'Settings'],
];

export function Navigation({
  projects,
  project,
  page,
  moved,
}: {
  projects: readonly Project[];
  /** The one that is looked at, or was last. */
  project: Project | undefined;
  page: string | undefined;
  /** The user has chosen where to go. */
  moved: () => void;
}): JSX.Element {
  const { path } = usePlace();
  return (
    <nav aria-label="Console">
      {project !== undefined && (
        <>
          <label class="project-choice">
            <span>Project</span>
            <select
              value={project.project_slug}
              onChange={({ currentTarget }) => {
                const chosen = projects.find((it) => it.project_slug === currentTarget.value);
                if (chosen !== undefined) go(projectPath(chosen, samePage(page)));
                moved();
              }}
            >
              {projects.map(({ project_slug }) => (
                <option key={project_slug} value={project_slug}>
                  {project_slug}
                </option>
              ))}
            </select>
          </label>
          <ul>
            {words.map(([name, word]) => (
              <li key={name}>
                <Way to={projectPath(project, name)} path={path} moved={moved}>
                  {word}
                </Way>
              </li>
            ))}
          </ul>
        </>
      )}
      <ul class="account">
        <li>
          <Way to={projectsPath} path={path} moved={moved} isExact>
            Projects
          </Way>
        </li>
        <li>
          <Way to={keysPath} path={path} moved={moved}>
            Keys
          </Way>
        </li>
      </ul>
    </nav>
  );
}

function Way({
  to,
  path,
  moved,
  isExact = false,
  children,
}: {
  to: string;
  path: string;
  moved: () => void;
  /** Whether the pages below this one are others. */
  isExact?: boolean;
  children: string;
}): JSX.Element {
  const isHere = path === to;
  const isWithin = !isExact && path.startsWith(`${to}/`);
  return (
    <a
      href={to}
      class={isHere || isWithin ? 'here' : ''}
      aria-current={isHere ? 'page' : isWithin ? 'true' : undefined}
      onClick={moved}
    >
      {children}
    </a>
  );
}

/** Of another project the same page, but none of its handoffs. */
function samePage(page: string | undefined): ProjectPage {
  return words.find(([name]) => page?.split('/')[0] === name)?.[0] ?? 'overview';
}
