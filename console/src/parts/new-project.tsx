// Makes a project.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import { Dialog } from './dialog.js';
import { CheckField } from './field.js';
import { Form } from './form.js';
import { newProjectValues, ProjectFields, projectBodyOf } from './project-fields.js';

export function NewProject({ made, close }: { made: () => void; close: () => void }): JSX.Element {
  const [values, setValues] = useState(newProjectValues);
  const [hidesNames, setHidesNames] = useState(false);
  const make = async () => {
    await ask('/v1/projects', {
      method: 'POST',
      body: { ...projectBodyOf(values), hash_ids: hidesNames },
    });
    made();
  };
  return (
    <Dialog title="New project" close={close}>
      <Form action="Make the project" send={make} cancel={close}>
        <ProjectFields values={values} changed={setValues} />
        <CheckField
          label="Hide ids"
          hint={
            'Ids, shared ids and aliases are stored as keyed hashes; lists show the hashes, and a ' +
            'search by the whole name still finds. It cannot be changed later.'
          }
          isChecked={hidesNames}
          changed={setHidesNames}
        />
      </Form>
    </Dialog>
  );
}
