// The settings of a project as fields, for a new one and for one that there is.

import type { JSX } from 'preact';
import type { Project } from '../api-types.js';
import { linesOf } from '../data/lines.js';
import { DurationField } from './duration-field.js';
import { CheckField, LinesField, TextField } from './field.js';

export interface ProjectValues {
  readonly slug: string;
  readonly retentionSeconds: number;
  readonly deadlineSeconds: number;
  /** One JSON Pointer a line. */
  readonly sensitiveLines: string;
  readonly showsLastFour: boolean;
}

export const newProjectValues: ProjectValues = {
  slug: '',
  retentionSeconds: 7 * 86_400,
  deadlineSeconds: 120,
  sensitiveLines: '',
  showsLastFour: false,
};

export function valuesOf(project: Project): ProjectValues {
  return {
    slug: project.project_slug,
    retentionSeconds: project.retention_seconds,
    deadlineSeconds: project.pickup_deadline_seconds,
    sensitiveLines: project.sensitive_fields.join('\n'),
    showsLastFour: project.sensitive_last_four,
  };
}

/** The values as the API takes them. */
export function projectBodyOf(values: ProjectValues): object {
  return {
    project_slug: values.slug.trim(),
    retention_seconds: values.retentionSeconds,
    pickup_deadline_seconds: values.deadlineSeconds,
    sensitive_fields: linesOf(values.sensitiveLines),
    sensitive_last_four: values.showsLastFour,
  };
}

export function ProjectFields({
  values,
  changed,
}: {
  values: ProjectValues;
  changed: (values: ProjectValues) => void;
}): JSX.Element {
  return (
    <>
      <TextField
        label="Name in addresses"
        hint="Lower-case letters, digits and inner hyphens. Callers that use it must follow a change."
        value={values.slug}
        changed={(slug) => changed({ ...values, slug })}
        required
        maxLength={63}
      />
      <DurationField
        label="Retention"
        hint="How long a handoff lives, from a minute to 400 days. Holds for later writes."
        seconds={values.retentionSeconds}
        changed={(retentionSeconds) => changed({ ...values, retentionSeconds })}
      />
      <DurationField
        label="Pickup deadline"
        hint="A handoff that no reader looked up by then is missed; up to 7 days. Holds for later writes."
        seconds={values.deadlineSeconds}
        changed={(deadlineSeconds) => changed({ ...values, deadlineSeconds })}
      />
      <LinesField
        label="Sensitive fields"
        hint={
          <>
            One JSON Pointer into the data a line, such as <code>/customer/iban</code> or{' '}
            <code>/cards/*/number</code>. They are masked here, and for keys with a masked view.
          </>
        }
        lines={values.sensitiveLines}
        changed={(sensitiveLines) => changed({ ...values, sensitiveLines })}
      />
      <CheckField
        label="Show the last four characters"
        hint="Of a sensitive text with more than eight."
        isChecked={values.showsLastFour}
        changed={(showsLastFour) => changed({ ...values, showsLastFour })}
      />
    </>
  );
}
