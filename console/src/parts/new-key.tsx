// Makes a key: for what, for which projects, with which view, and until when.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import type { ApiKeyWithSecret, Project, Session } from '../api-types.js';
import { type KeyValues, keyBodyOf, lives, newKeyValues } from '../data/key-values.js';
import { Dialog } from './dialog.js';
import { CheckField, LinesField, SelectField, TextField } from './field.js';
import { Form } from './form.js';

const permissions = [
  ['read', 'Read: look handoffs up, as the contact centre does'],
  ['write', 'Write: write, change, erase and look up, as the agent does'],
  ['admin', 'Admin: everything, this console too'],
] as const;

const views = [
  ['full', 'Everything'],
  ['masked', 'Everything but sensitive values'],
  ['allow', 'Only the fields that are listed'],
] as const;

export function NewKey({
  session,
  projects,
  made,
  close,
}: {
  session: Session;
  projects: readonly Project[];
  made: (key: ApiKeyWithSecret) => void;
  close: () => void;
}): JSX.Element {
  const mayReachAll = session.key.projects === null;
  const [values, setValues] = useState(() =>
    newKeyValues(projects.at(-1), session.key.expires_at, Date.now()),
  );
  const change = (changes: Partial<KeyValues>) => setValues({ ...values, ...changes });
  const make = async () => {
    const body = keyBodyOf(values, Date.now());
    made(await ask<ApiKeyWithSecret>('/v1/keys', { method: 'POST', body }));
  };
  return (
    <Dialog title="New key" close={close}>
      <Form action="Make the key" send={make} cancel={close}>
        <TextField
          label="Name"
          hint="To tell keys apart: who will use it, such as “contact centre”."
          value={values.name}
          changed={(name) => change({ name })}
          maxLength={100}
        />
        <SelectField
          label="Permission"
          value={values.permission}
          options={permissions}
          changed={(permission) => change({ permission })}
        />
        <ProjectChoice
          values={values}
          projects={projects}
          mayReachAll={mayReachAll}
          change={change}
        />
        {values.permission === 'read' && (
          <SelectField
            label="What it sees"
            value={values.view}
            options={views}
            changed={(view) => change({ view })}
          />
        )}
        {values.permission === 'read' && values.view === 'allow' && (
          <LinesField
            label="Fields that it sees"
            hint="One JSON Pointer into the data a line, such as /customer/name."
            lines={values.allowLines}
            changed={(allowLines) => change({ allowLines })}
          />
        )}
        <SelectField
          label="Ends"
          hint="Never later than the key that you are signed in with."
          value={values.life}
          options={lives.map(({ name, words }) => [name, words] as const)}
          changed={(life) => change({ life })}
        />
      </Form>
    </Dialog>
  );
}

function ProjectChoice({
  values,
  projects,
  mayReachAll,
  change,
}: {
  values: KeyValues;
  projects: readonly Project[];
  mayReachAll: boolean;
  change: (changes: Partial<KeyValues>) => void;
}): JSX.Element {
  const chosen = values.projects;
  return (
    <fieldset class="plain-set">
      <legend>Projects</legend>
      {mayReachAll && (
        <CheckField
          label="All of the account, also later ones"
          isChecked={chosen === undefined}
          changed={(isAll) => change({ projects: isAll ? undefined : [] })}
        />
      )}
      {chosen !== undefined &&
        projects.map(({ project_id, project_slug }) => (
          <CheckField
            key={project_id}
            label={project_slug}
            isChecked={chosen.includes(project_id)}
            changed={(isChosen) => {
              const others = chosen.filter((id) => id !== project_id);
              change({ projects: isChosen ? [...others, project_id] : others });
            }}
          />
        ))}
    </fieldset>
  );
}
