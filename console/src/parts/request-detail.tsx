// One call: why it ended as it did, what to do, and the other calls with the same name.

import type { JSX } from 'preact';
import { ask } from '../api.js';
import type { ApiKey, AuditEntry, Page } from '../api-types.js';
import { nameOf } from '../data/request-entries.js';
import { actionWords, explanationOf, handoffActions, toneOf } from '../data/request-words.js';
import { durationText, exactTime } from '../data/times.js';
import { basePath } from '../paths.js';
import { useProject } from '../project-context.js';
import { useLoaded } from '../use-loaded.js';
import { CopyButton } from './copy-button.js';
import { Time } from './time.js';

const othersShown = 8;

export function RequestDetail({
  entry,
  keys,
}: {
  entry: AuditEntry;
  keys: ReadonlyMap<string, ApiKey>;
}): JSX.Element {
  const explanation = explanationOf(entry, keys);
  return (
    <div class="detail-box">
      {explanation === undefined ? (
        <p>It ended as it should.</p>
      ) : (
        <>
          <p class="strong">{explanation.why}</p>
          <p>{explanation.what}</p>
        </>
      )}
      <dl class="facts">
        <div>
          <dt>When</dt>
          <dd>{exactTime(entry.at)}</dd>
        </div>
        <div>
          <dt>From</dt>
          <dd>{entry.address === 'cli' ? 'the command line' : entry.address}</dd>
        </div>
        <div>
          <dt>Key id</dt>
          <dd class="name">{entry.key_id ?? 'none known'}</dd>
        </div>
        <div>
          <dt>Record</dt>
          <dd class="name">{entry.record ?? 'none'}</dd>
        </div>
        {entry.request_id !== null && (
          <div>
            <dt>Request id</dt>
            <dd>
              <span class="name">{entry.request_id}</span>{' '}
              <CopyButton text={entry.request_id} label="Copy" />
            </dd>
          </div>
        )}
      </dl>
      {entry.record?.startsWith('hash:') === true && <Others entry={entry} record={entry.record} />}
    </div>
  );
}

function Others({ entry, record }: { entry: AuditEntry; record: string }): JSX.Element | null {
  const { project } = useProject();
  const { value } = useLoaded(
    (signal) =>
      ask<Page<AuditEntry>>(`${basePath(project)}/audit`, {
        query: { record, action: handoffActions.join(','), limit: 50 },
        signal,
      }),
    [project.project_id, record],
  );
  const others = (value?.items ?? [])
    .filter((other) => nameOf(other) !== nameOf(entry))
    .toSorted((a, b) => distance(a, entry) - distance(b, entry))
    .slice(0, othersShown)
    .toSorted((a, b) => a.at.localeCompare(b.at));
  if (others.length === 0) return null;
  const isEarly = entry.cause === 'handoff_state_not_found';
  const foundLater = others.find(({ at, status }) => isEarly && at > entry.at && status === 200);
  return (
    <div>
      <h2>Other calls with this name</h2>
      {foundLater !== undefined && (
        <p class="strong">
          The same name was found {durationText(distance(foundLater, entry))} later: this look-up
          came too early.
        </p>
      )}
      <ul class="others small">
        {others.map((other) => (
          <li key={nameOf(other)}>
            <span class={`badge ${toneOf(other)}`}>{other.status}</span>{' '}
            {actionWords[other.action] ?? other.action} <Time iso={other.at} />{' '}
            <span class="quiet">
              {durationText(distance(other, entry))} {other.at < entry.at ? 'before' : 'after'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function distance(a: AuditEntry, b: AuditEntry): number {
  return Math.abs(Date.parse(a.at) - Date.parse(b.at));
}
