// Receipts of erasure: those of a project's states, those of projects, and the keys to check them.

import { BatonError } from '../error.js';
import type { ApiKey } from '../key.js';
import { limits } from '../limits.js';
import { endpoint } from './context.js';
import { errorAnswers, failures } from './error-answers.js';
import { pageAnswer, pageRequestOf, timeText } from './paging.js';
import {
  ErasedProjectItem,
  ReceiptItem,
  ReceiptListQuery,
  SigningKeys,
} from './receipt-schemas.js';
import { ReferenceListQuery } from './reference-schemas.js';
import { ProjectPath, pageSchema } from './schemas.js';

const tags = ['Erasure'];
const keptDays = limits.receiptSeconds / 86_400;

export const listReceipts = endpoint({
  schema: {
    summary: 'List receipts of erased states',
    description:
      `Newest first, for ${keptDays} days, as long as the project lives. \`id\` finds those of one ` +
      'state, by its old id or by the hash that lists show of it.',
    tags,
    params: ProjectPath,
    querystring: ReceiptListQuery,
    response: { 200: pageSchema(ReceiptItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const { id, ...page } = request.query;
    const filter = id === undefined ? {} : { id };
    const receipts = await context.store.listReceipts(request.project, filter, pageRequestOf(page));
    return pageAnswer(receipts, ({ record, erasedAt, receipt }) => ({
      record,
      erased_at: timeText(erasedAt),
      receipt,
    }));
  },
});

export const listProjectReceipts = endpoint({
  schema: {
    summary: 'List receipts of erased projects',
    description:
      `Those of the key's account, newest first, for ${keptDays} days; needs an admin key of the ` +
      'whole account.',
    tags,
    querystring: ReferenceListQuery,
    response: { 200: pageSchema(ErasedProjectItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    checkWholeAccount(request.key);
    const { accountId } = request.key;
    const page = pageRequestOf(request.query);
    const receipts = await context.store.listProjectReceipts(accountId, page);
    return pageAnswer(receipts, erasedProjectAnswer);
  },
});

export const readSigningKeys = endpoint({
  schema: {
    summary: 'Read the keys that receipts are checked with',
    description: 'A JSON Web Key Set (RFC 7517); keep it beside the receipts.',
    tags,
    response: { 200: SigningKeys, ...failures('invalid_request') },
  },
  handle: (context, _request, reply) =>
    reply
      .header('cache-control', 'public, max-age=3600')
      .send({ keys: context.store.signingKeys() }),
});

/** An erased project, as the calls show it. */
export function erasedProjectAnswer(erased: {
  projectId: string;
  erasedAt: number;
  receipt: string;
}): object {
  const { projectId, erasedAt, receipt } = erased;
  return { project_id: projectId, erased_at: timeText(erasedAt), receipt };
}

/** Throws `forbidden` for a key that reaches only some projects. */
export function checkWholeAccount(key: ApiKey): void {
  if (key.projects === null) return;
  throw new BatonError(
    'forbidden',
    'This API key reaches only some projects; use an admin key of the whole account.',
  );
}
