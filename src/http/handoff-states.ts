// A project's handoff states: the list of what is known of each, and their erasure by a name.

import type { ListedHandoff } from '../handoff.js';
import { limits } from '../limits.js';
import type { HandoffFilter } from '../store/store.js';
import { endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { erasedAnswer, noteChange } from './handoff-state.js';
import { pageAnswer, pageRequestOf, timeOf, timeText } from './paging.js';
import { AliasQuery, ErasedStates } from './receipt-schemas.js';
import { HandoffListItem, HandoffListQuery, ProjectPath, pageSchema } from './schemas.js';

export const listHandoffStates = endpoint({
  schema: {
    summary: 'List handoff states',
    description:
      'Newest first. Of a state that has ended the names are gone: its id is `hash:` and a keyed ' +
      'hash, and a filter by its old name still finds it.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: HandoffListQuery,
    response: { 200: pageSchema(HandoffListItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const { status, id, shared_id, from, to } = request.query;
    const filter: HandoffFilter = {
      ...(status === undefined ? {} : { status }),
      ...(id === undefined ? {} : { id }),
      ...(shared_id === undefined ? {} : { sharedId: shared_id }),
      ...(from === undefined ? {} : { from: timeOf('from', from) }),
      ...(to === undefined ? {} : { to: timeOf('to', to) }),
    };
    const page = await context.store.list(request.project, filter, pageRequestOf(request.query));
    return pageAnswer(page, listedAnswer);
  },
});

export const eraseHandoffStates = endpoint({
  schema: {
    summary: 'Erase all that a name leads to',
    description:
      'Every state that the shared id or alias names, or has named while the state lives: also those ' +
      `that lost it to another. At most ${limits.erasedTogetherMax} in one call: call again until it ` +
      'is a 404.',
    tags: ['Erasure'],
    params: ProjectPath,
    querystring: AliasQuery,
    response: {
      200: ErasedStates,
      ...errorAnswers('invalid_request', 'handoff_state_not_found', 'storage_full'),
    },
  },
  async handle(context, request) {
    const { keyId } = request.key;
    const erased = await context.store.eraseNamed(request.project, request.query.alias, keyId);
    for (const { id } of erased) noteChange(context, request, { kind: 'erased', id, names: [] });
    return { erased: erased.map(erasedAnswer) };
  },
});

function listedAnswer(item: ListedHandoff): object {
  return {
    id: item.id,
    ...(item.sharedId === null ? {} : { shared_id: item.sharedId }),
    aliases: item.aliases,
    version: item.version,
    written_at: timeText(item.writtenAt),
    updated_at: timeText(item.updatedAt),
    expires_at: timeText(item.expiresAt),
    status: item.status,
    ...(item.pickedUpAt === null ? {} : { picked_up_at: timeText(item.pickedUpAt) }),
  };
}
