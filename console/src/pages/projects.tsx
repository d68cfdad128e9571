// The projects of the account: what each keeps, for how long, and a way to make another.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Project, Session } from '../api-types.js';
import { durationText } from '../data/times.js';
import { NewProject } from '../parts/new-project.js';
import { EmptyNotice } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { Cell, Head, Row, Table } from '../parts/table.js';
import { Time } from '../parts/time.js';
import { projectPath } from '../paths.js';

const columns = ['Project', 'Id', 'Retention', 'Pickup deadline', 'Sensitive fields', 'Made'];

export function Projects({
  session,
  projects,
  changed,
}: {
  session: Session;
  projects: readonly Project[];
  changed: () => void;
}): JSX.Element {
  const [isMaking, setMaking] = useState(false);
  const mayMake = session.key.projects === null;
  return (
    <Page
      title="Projects"
      actions={
        mayMake && (
          <button type="button" class="primary" onClick={() => setMaking(true)}>
            New project
          </button>
        )
      }
    >
      <p class="quiet">
        Each has its own handoffs, keys of encryption, retention and deadline.
        {!mayMake && ' Your key reaches only some; a key of the whole account can make others.'}
      </p>
      {projects.length === 0 ? (
        <EmptyNotice title="There is no project yet." />
      ) : (
        <Table label="Projects, newest first" kind="projects">
          <Head columns={columns} />
          {projects.map((project) => (
            <ProjectRow key={project.project_id} project={project} />
          ))}
        </Table>
      )}
      {isMaking && (
        <NewProject
          made={() => {
            setMaking(false);
            changed();
          }}
          close={() => setMaking(false)}
        />
      )}
    </Page>
  );
}

function ProjectRow({ project }: { project: Project }): JSX.Element {
  const count = project.sensitive_fields.length;
  return (
    <Row>
      <Cell isMain>
        <a href={projectPath(project, 'settings')}>{project.project_slug}</a>
        {project.hash_ids && <span class="tag">names hidden</span>}
      </Cell>
      <Cell label="Id">
        <span class="name">{project.project_id}</span>
      </Cell>
      <Cell label="Retention">{durationText(project.retention_seconds * 1_000)}</Cell>
      <Cell label="Deadline">{durationText(project.pickup_deadline_seconds * 1_000)}</Cell>
      <Cell label="Sensitive fields">{count === 0 ? 'none' : count}</Cell>
      <Cell label="Made">
        <Time iso={project.created_at} />
      </Cell>
    </Row>
  );
}
