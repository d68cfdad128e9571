// Calls as a table; each opens to what is known of it.

import { Component, type JSX } from 'preact';
import type { ApiKey, AuditEntry } from '../api-types.js';
import { nameOf } from '../data/request-entries.js';
import { actionWords, toneOf } from '../data/request-words.js';
import { durationText } from '../data/times.js';
import { changeQuery } from '../router.js';
import { RequestDetail } from './request-detail.js';
import { Cell, Head, Row, Table, WideCell } from './table.js';
import { Text } from './text.js';
import { Time } from './time.js';

const columns = ['Time', 'Call', 'Answer', 'Cause', 'Key', 'Duration'];
const manyRows = 200;

export function RequestTable({
  entries,
  keys,
  open,
}: {
  entries: readonly AuditEntry[];
  keys: ReadonlyMap<string, ApiKey>;
  /** The request id of the entry that is open. */
  open: string | undefined;
}): JSX.Element {
  return (
    <Table label="Calls, newest first" kind="requests" isMany={entries.length > manyRows}>
      <Head columns={columns} />
      {entries.map((entry) => (
        <RequestRow
          key={nameOf(entry)}
          entry={entry}
          keys={keys}
          isOpen={open !== undefined && open === entry.request_id}
        />
      ))}
    </Table>
  );
}

interface RowProps {
  readonly entry: AuditEntry;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly isOpen: boolean;
}

/** Drawn anew only where it changes: there are many, and new ones come every second. */
class RequestRow extends Component<RowProps> {
  override shouldComponentUpdate({ entry, keys, isOpen }: RowProps): boolean {
    const { props } = this;
    const isSame = nameOf(entry) === nameOf(props.entry);
    return !isSame || keys !== props.keys || isOpen !== props.isOpen;
  }

  override render({ entry, keys, isOpen }: RowProps): JSX.Element {
    return (
      <>
        <RequestCells entry={entry} keys={keys} isOpen={isOpen} />
        {isOpen && (
          <Row>
            <WideCell columns={columns.length}>
              <RequestDetail entry={entry} keys={keys} />
            </WideCell>
          </Row>
        )}
      </>
    );
  }
}

function RequestCells({ entry, keys, isOpen }: RowProps): JSX.Element {
  const { at, action, status, cause, key_id, duration_ms, request_id } = entry;
  return (
    <Row>
      <Cell>
        <Time iso={at} />
      </Cell>
      <Cell isMain>
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          onClick={() => changeQuery({ open: isOpen ? '' : (request_id ?? '') })}
        >
          {actionWords[action] ?? action}
        </button>
      </Cell>
      <Cell>
        <span class={`badge ${toneOf(entry)}`}>{status}</span>
      </Cell>
      <Cell>{cause === null ? <span class="quiet">–</span> : cause.replaceAll('_', ' ')}</Cell>
      <Cell label="Key">
        {key_id === null ? (
          <span class="quiet">none known</span>
        ) : (
          <Text text={keys.get(key_id)?.name ?? key_id} />
        )}
      </Cell>
      <Cell label="Took">
        {duration_ms === undefined || duration_ms === null ? '–' : durationText(duration_ms)}
      </Cell>
    </Row>
  );
}
