// The settings of one project, and its end.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import type { Project } from '../api-types.js';
import { EraseProject } from '../parts/erase-project.js';
import { Form } from '../parts/form.js';
import { Page } from '../parts/page.js';
import { ProjectFields, projectBodyOf, valuesOf } from '../parts/project-fields.js';
import { Time } from '../parts/time.js';
import { projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { go } from '../router.js';

export function Settings({ changed }: { changed: () => void }): JSX.Element {
  const { project, session } = useProject();
  const [values, setValues] = useState(() => valuesOf(project));
  const [isSaved, setSaved] = useState(false);
  const save = async () => {
    const saved = await ask<Project>(`/v1/projects/${project.project_id}`, {
      method: 'PATCH',
      body: projectBodyOf(values),
    });
    setSaved(true);
    setValues(valuesOf(saved));
    changed();
    if (saved.project_slug !== project.project_slug) {
      go(projectPath(saved, 'settings'), { replace: true });
    }
  };
  return (
    <Page title={`Settings of ${project.project_slug}`}>
      <dl class="facts">
        <Fact label="Account">
          {project.account_slug} <span class="name quiet">{project.account_id}</span>
        </Fact>
        <Fact label="Project id">
          <span class="name">{project.project_id}</span>
        </Fact>
        <Fact label="Region">{project.region}</Fact>
        <Fact label="Names">{project.hash_ids ? 'hidden: kept as keyed hashes' : 'shown'}</Fact>
        <Fact label="Made">
          <Time iso={project.created_at} />
        </Fact>
      </dl>
      <div class="card narrow">
        <Form action="Save" send={save}>
          <ProjectFields
            values={values}
            changed={(next) => {
              setSaved(false);
              setValues(next);
            }}
          />
          <p role="status" class="saved">
            {isSaved && 'Saved.'}
          </p>
        </Form>
      </div>
      {session.key.projects === null && (
        <section class="card narrow form" aria-labelledby="erase-title">
          <h2 id="erase-title">Erase this project</h2>
          <EraseProject project={project} changed={changed} />
        </section>
      )}
    </Page>
  );
}

function Fact({
  label,
  children,
}: {
  label: string;
  children: JSX.Element | string | readonly (JSX.Element | string)[];
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
