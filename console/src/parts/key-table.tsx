// Keys as a table: name, what it can do, when it was used and when it ends.

import type { JSX } from 'preact';
import type { ApiKey, Project } from '../api-types.js';
import { hasEnded, keyState, keyStateWords, keyWords } from '../data/key-words.js';
import { markedText } from '../data/visible-text.js';
import { useNow } from '../live.js';
import { Cell, Head, Row, Table } from './table.js';
import { Text } from './text.js';
import { Time } from './time.js';

const columns = ['Key', 'What it can do', 'State', 'Ends', 'Last used', 'Actions'];

export function KeyTable({
  keys,
  projects,
  ownKeyId,
  rotate,
  revoke,
}: {
  keys: readonly ApiKey[];
  projects: readonly Project[];
  /** The key that is signed in. */
  ownKeyId: string;
  rotate: (key: ApiKey) => void;
  revoke: (key: ApiKey) => void;
}): JSX.Element {
  return (
    <Table label="Keys, newest first" kind="keys">
      <Head columns={columns} />
      {keys.map((key) => (
        <KeyRow
          key={key.key_id}
          apiKey={key}
          projects={projects}
          isOwn={key.key_id === ownKeyId}
          rotate={() => rotate(key)}
          revoke={() => revoke(key)}
        />
      ))}
    </Table>
  );
}

const tones = { active: 'good', ending: 'warn', expired: '', revoked: '' } as const;

function KeyRow({
  apiKey,
  projects,
  isOwn,
  rotate,
  revoke,
}: {
  apiKey: ApiKey;
  projects: readonly Project[];
  isOwn: boolean;
  rotate: () => void;
  revoke: () => void;
}): JSX.Element {
  const now = useNow(30_000);
  const { name, key_id, expires_at, last_used_at } = apiKey;
  const state = keyState(apiKey, now);
  const called = markedText(name ?? key_id);
  return (
    <Row>
      <Cell isMain>
        {name !== undefined && (
          <>
            <Text text={name} />
            <br />
          </>
        )}
        <span class="name quiet">{key_id}</span>
        {isOwn && <span class="tag">signed in</span>}
      </Cell>
      <Cell>
        <span class="badge">{apiKey.permission}</span> {keyWords(apiKey, projects)}
      </Cell>
      <Cell>
        <span class={`badge ${tones[state]}`}>{keyStateWords[state]}</span>
      </Cell>
      <Cell label="Ends">
        {expires_at === null ? 'never' : <Time iso={expires_at} now={now} />}
      </Cell>
      <Cell label="Last used">
        {last_used_at === null ? 'never' : <Time iso={last_used_at} now={now} />}
      </Cell>
      <Cell>
        {!hasEnded(apiKey, now) && (
          <span class="actions">
            <button type="button" aria-label={`Rotate ${called}`} onClick={rotate}>
              Rotate
            </button>
            <button type="button" class="danger" aria-label={`Revoke ${called}`} onClick={revoke}>
              Revoke
            </button>
          </span>
        )}
      </Cell>
    </Row>
  );
}
