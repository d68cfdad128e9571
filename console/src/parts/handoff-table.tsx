// Handoffs as a table whose rows the browser lays out only where they are seen.

import type { JSX } from 'preact';
import { Component } from 'preact';
import type { Handoff, Project } from '../api-types.js';
import { durationText } from '../data/times.js';
import { handoffPath } from '../paths.js';
import { StatusBadge } from './status-badge.js';
import { Cell, Head, Row, Table } from './table.js';
import { Name, ShortName } from './text.js';
import { Time } from './time.js';

const manyRows = 200;
const columns = ['Outcome', 'Conversation', 'Shared id and aliases', 'Written', 'Picked up after'];

export function HandoffTable({
  project,
  items,
  searched,
  isStale,
}: {
  project: Project;
  items: readonly Handoff[];
  /** The name that was searched for, or none. */
  searched: string;
  isStale: boolean;
}): JSX.Element {
  return (
    <Table
      label="Handoffs, newest first"
      kind="handoffs"
      isStale={isStale}
      isMany={items.length > manyRows}
    >
      <Head columns={columns} />
      {items.map((item) => (
        <HandoffRow key={item.id} project={project} item={item} searched={searched} />
      ))}
    </Table>
  );
}

interface RowProps {
  readonly project: Project;
  readonly item: Handoff;
  readonly searched: string;
}

/** Drawn anew only where its state has changed: there may be thousands. */
class HandoffRow extends Component<RowProps> {
  override shouldComponentUpdate({ project, item, searched }: RowProps): boolean {
    const { props } = this;
    return item !== props.item || project !== props.project || searched !== props.searched;
  }

  override render({ project, item, searched }: RowProps): JSX.Element {
    const names = [...new Set([item.shared_id ?? [], item.aliases].flat())];
    return (
      <Row>
        <Cell>
          <StatusBadge status={item.status} />
        </Cell>
        <Cell isMain>
          <a href={handoffPath(project, { id: nameOf(item, searched) })}>
            <ShortName text={item.id} />
          </a>
        </Cell>
        <Cell label="Shared id">
          {names.length === 0 ? <span class="quiet">none</span> : <Name text={names.join(' · ')} />}
        </Cell>
        <Cell label="Written">
          <Time iso={item.written_at} />
        </Cell>
        <Cell label="After">{pickupText(item)}</Cell>
      </Row>
    );
  }
}

/** Where the id is hidden or gone, the name that has found it leads to it. */
function nameOf({ id }: Handoff, searched: string): string {
  return id.startsWith('hash:') && searched !== '' ? searched : id;
}

function pickupText({ written_at, picked_up_at }: Handoff): string {
  if (picked_up_at === undefined) return '–';
  return durationText(Date.parse(picked_up_at) - Date.parse(written_at));
}
