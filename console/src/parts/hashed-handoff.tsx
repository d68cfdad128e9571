// A handoff of which only the hash is known: it has ended, or its project hides names.

import type { JSX } from 'preact';
import { ask } from '../api.js';
import type { AuditEntry, Page } from '../api-types.js';
import { handoffActions } from '../data/request-words.js';
import { basePath, projectPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { usePlace } from '../router.js';
import { useKeys } from '../use-keys.js';
import { useLoaded } from '../use-loaded.js';
import { EmptyNotice, ErrorNotice, Loading } from './notice.js';
import { RequestTable } from './request-table.js';

export function HashedHandoff({ record }: { record: string }): JSX.Element {
  const { project } = useProject();
  const keys = useKeys();
  const open = usePlace().query.get('open') ?? undefined;
  const { value, error, refresh } = useLoaded(
    (signal) =>
      ask<Page<AuditEntry>>(`${basePath(project)}/audit`, {
        query: { record, action: handoffActions.join(','), limit: 200 },
        signal,
      }),
    [project.project_id, record],
  );
  return (
    <>
      <EmptyNotice title="Only the hash of its id is known here.">
        <p>
          {project.hash_ids
            ? 'This project hides names. '
            : 'It has ended, and its names are gone with its content. '}
          Whoever knows its id, shared id or an alias finds it by{' '}
          <a href={projectPath(project, 'handoffs')}>searching</a> for that.
        </p>
      </EmptyNotice>
      <h2>Calls by its id</h2>
      {error !== undefined && <ErrorNotice error={error} retry={refresh} />}
      {value === undefined && error === undefined && <Loading what="calls" />}
      {value?.items.length === 0 && <p class="quiet">None is in the audit.</p>}
      {value !== undefined && value.items.length > 0 && (
        <RequestTable entries={value.items} keys={keys} open={open} />
      )}
    </>
  );
}
