// The console of a signed-in key: its projects, the shell around the page, and the page itself.

import { Fragment, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import type { Page as ApiPage, Project, Session } from './api-types.js';
import { type LiveState, LiveStream } from './live.js';
import { NoSuchPage } from './pages/no-such-page.js';
import { pageOf } from './pages/page-of.js';
import { ErrorNotice, Loading } from './parts/notice.js';
import { projectPath, projectsPath } from './paths.js';
import { ProjectContext } from './project-context.js';
import { go, usePlace } from './router.js';
import { Shell } from './shell.js';
import { useLoaded } from './use-loaded.js';

/** More projects than a person chooses from; all others are reached by their address. */
const projectsListed = 200;

export function SignedIn({
  session,
  left,
}: {
  session: Session;
  /** The session is over; says why where the user did not ask for it. */
  left: (reason: string | undefined) => void;
}): JSX.Element {
  const { path } = usePlace();
  const [, slug, page] = /^\/console\/projects\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const projects = useLoaded(
    (signal) => ask<ApiPage<Project>>('/v1/projects', { query: { limit: projectsListed }, signal }),
    [],
  );
  const listed = projects.value?.items;
  const wanted = slug === undefined ? undefined : decodeURIComponent(slug);
  const project = listed?.find(({ project_slug }) => project_slug === wanted);
  const lastProject = useRef<Project | undefined>(undefined);
  lastProject.current = project ?? lastProject.current;
  const [stream, liveState] = useStream(project);

  useEffect(() => {
    if (!/^\/console\/?$/.test(path) || listed === undefined) return;
    const first = listed.at(-1);
    go(first === undefined ? projectsPath : projectPath(first, 'overview'), { replace: true });
  }, [path, listed]);

  const content = () => {
    if (projects.error !== undefined && listed === undefined) {
      return <ErrorNotice error={projects.error} retry={projects.refresh} />;
    }
    if (listed === undefined) return <Loading what="your projects" />;
    if (wanted !== undefined && project === undefined) {
      // A project that was made or renamed a moment ago is not listed yet.
      if (projects.isLoading) return <Loading what="your projects" />;
      return <NoSuchPage what={`There is no project “${wanted}” within the reach of your key.`} />;
    }
    return pageOf({ path, page, session, projects: listed, reloadProjects: projects.refresh });
  };

  return (
    <ProjectContext.Provider
      value={project === undefined ? undefined : { project, stream, session }}
    >
      <Shell
        session={session}
        projects={listed ?? []}
        project={project ?? lastProject.current ?? listed?.at(-1)}
        page={page}
        liveState={project === undefined ? undefined : liveState}
        left={left}
      >
        <Fragment key={project?.project_id}>{content()}</Fragment>
      </Shell>
    </ProjectContext.Provider>
  );
}

function useStream(project: Project | undefined): [LiveStream | undefined, LiveState] {
  const [state, setState] = useState<LiveState>('connecting');
  const [stream, setStream] = useState<LiveStream>();
  useEffect(() => {
    if (project === undefined) return;
    setState('connecting');
    const opened = new LiveStream(project, setState);
    setStream(opened);
    return () => {
      opened.close();
      setStream(undefined);
    };
  }, [project?.project_id]);
  return [stream, state];
}
