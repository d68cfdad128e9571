// The audit over HTTP: who did what to which record of a project, and with what outcome.

import { type AuditAction, type AuditEntry, type AuditFilter, accountTenant } from '../audit.js';
import { BatonError } from '../error.js';
import type { HandoffName } from '../handoff.js';
import type { ApiKey } from '../key.js';
import { auditBody } from '../wire.js';
import { AuditItem, AuditQuery } from './audit-schemas.js';
import { endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { pageAnswer, pageRequestOf, timeOf } from './paging.js';
import { ProjectPath, pageSchema } from './schemas.js';

export const listAudit = endpoint({
  schema: {
    summary: 'Read the audit',
    description:
      'Newest first: calls that were refused too, never content. Where few of very many entries ' +
      'fit, a page is short and leads on all the same. With `scope=account` the calls that concern ' +
      'the account and not one of its projects, for admin keys of the whole account.',
    tags: ['Audit'],
    params: ProjectPath,
    querystring: AuditQuery,
    response: { 200: pageSchema(AuditItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const { store } = context;
    const { scope, from, to, action, key_id, record, id, shared_id } = request.query;
    const tenant = scope === 'account' ? ofAccount(request.key) : request.project.tenant;
    const name = nameOf(id, shared_id);
    const filter: AuditFilter = {
      ...(from === undefined ? {} : { from: timeOf('from', from) }),
      ...(to === undefined ? {} : { to: timeOf('to', to) }),
      ...(action === undefined ? {} : { actions: action.split(',') as AuditAction[] }),
      ...(key_id === undefined ? {} : { keyId: key_id }),
      ...(record === undefined ? {} : { record }),
      ...(name === undefined ? {} : { record: store.auditRecordOf(tenant, name) }),
    };
    const page = await store.listAudit(tenant, filter, pageRequestOf(request.query));
    return pageAnswer<AuditEntry>(page, auditBody);
  },
});

function ofAccount(key: ApiKey): string {
  if (key.projects === null) return accountTenant(key.accountId);
  throw new BatonError(
    'forbidden',
    'scope: this API key reaches only some projects; use an admin key of the whole account.',
  );
}

function nameOf(id: string | undefined, sharedId: string | undefined): HandoffName | undefined {
  if (sharedId !== undefined) return { kind: 'shared_id', value: sharedId };
  return id === undefined ? undefined : { kind: 'id', value: id };
}
