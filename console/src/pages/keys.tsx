// The API keys: what each can do, and ways to make, rotate and revoke them.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import type { ApiKey, ApiKeyWithSecret, Page as ApiPage, Project, Session } from '../api-types.js';
import { hasEnded } from '../data/key-words.js';
import { useNow } from '../live.js';
import { KeyTable } from '../parts/key-table.js';
import { NewKey } from '../parts/new-key.js';
import { EmptyNotice, ErrorNotice, Loading } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { RevokeKey } from '../parts/revoke-key.js';
import { RotateKey } from '../parts/rotate-key.js';
import { ShownSecret } from '../parts/shown-secret.js';
import { changeQuery, usePlace } from '../router.js';
import { type Loaded, useLoaded } from '../use-loaded.js';

type Doing =
  | { readonly kind: 'making' }
  | { readonly kind: 'rotating'; readonly key: ApiKey }
  | { readonly kind: 'revoking'; readonly key: ApiKey }
  | { readonly kind: 'showing'; readonly made: ApiKeyWithSecret };

export function Keys({
  session,
  projects,
}: {
  session: Session;
  projects: readonly Project[];
}): JSX.Element {
  const keys = useAllKeys();
  const [doing, setDoing] = useState<Doing>();
  const { query } = usePlace();
  const now = useNow();
  const showsEnded = query.get('ended') === 'shown';
  const all = keys.value ?? [];
  const shown = showsEnded ? all : all.filter((key) => !hasEnded(key, now));

  return (
    <Page
      title="Keys"
      actions={
        <button type="button" class="primary" onClick={() => setDoing({ kind: 'making' })}>
          New key
        </button>
      }
    >
      <p class="quiet">
        A key belongs to the account and reaches all of its projects or some. Its secret is shown
        once, when it is made.
      </p>
      {keys.error !== undefined && <ErrorNotice error={keys.error} retry={keys.refresh} />}
      {keys.value === undefined && keys.error === undefined && <Loading what="keys" />}
      {shown.length > 0 && (
        <KeyTable
          keys={shown}
          projects={projects}
          ownKeyId={session.key.key_id}
          rotate={(key) => setDoing({ kind: 'rotating', key })}
          revoke={(key) => setDoing({ kind: 'revoking', key })}
        />
      )}
      {keys.value !== undefined && shown.length === 0 && <EmptyNotice title="No key is alive." />}
      {all.some((key) => hasEnded(key, now)) && (
        <button
          type="button"
          class="link start"
          onClick={() => changeQuery({ ended: showsEnded ? '' : 'shown' })}
        >
          {showsEnded ? 'Hide keys that have ended' : 'Show keys that have ended, too'}
        </button>
      )}
      <Dialogs
        doing={doing}
        session={session}
        projects={projects}
        done={(next) => {
          setDoing(next);
          keys.refresh();
        }}
        close={() => setDoing(undefined)}
      />
    </Page>
  );
}

function Dialogs({
  doing,
  session,
  projects,
  done,
  close,
}: {
  doing: Doing | undefined;
  session: Session;
  projects: readonly Project[];
  /** Something was done, and leads to another dialog or none. */
  done: (next: Doing | undefined) => void;
  close: () => void;
}): JSX.Element | null {
  const show = (made: ApiKeyWithSecret) => done({ kind: 'showing', made });
  switch (doing?.kind) {
    case 'making':
      return <NewKey session={session} projects={projects} made={show} close={close} />;
    case 'rotating':
      return <RotateKey apiKey={doing.key} made={show} close={close} />;
    case 'revoking':
      return (
        <RevokeKey
          apiKey={doing.key}
          isOwn={doing.key.key_id === session.key.key_id}
          revoked={() => done(undefined)}
          close={close}
        />
      );
    case 'showing':
      return <ShownSecret made={doing.made} projects={projects} close={close} />;
    default:
      return null;
  }
}

const pageKeys = 200;
const pagesMax = 10;

function useAllKeys(): Loaded<readonly ApiKey[]> {
  return useLoaded(async (signal) => {
    const keys: ApiKey[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < pagesMax; pages++) {
      const query = { limit: pageKeys, cursor };
      const page = await ask<ApiPage<ApiKey>>('/v1/keys', { query, signal });
      keys.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    return keys;
  }, []);
}
