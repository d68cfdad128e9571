// What every page of a project has at hand: the project, its event stream, the signed-in key.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Project, Session } from './api-types.js';
import type { LiveStream } from './live.js';

export interface InProject {
  readonly project: Project;
  readonly stream: LiveStream | undefined;
  readonly session: Session;
}

export const ProjectContext = createContext<InProject | undefined>(undefined);

export function useProject(): InProject {
  const found = useContext(ProjectContext);
  if (found === undefined) throw new Error('this page stands outside of a project');
  return found;
}
