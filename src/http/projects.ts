// The projects of an account, within the reach of an admin key.

import { type Static, Type } from 'typebox';
import { BatonError } from '../error.js';
import type { ApiKey } from '../key.js';
import { reaches } from '../key.js';
import { checkIdentifier, checkSlug, type Project, type ProjectSettings } from '../project.js';
import { projectBody } from '../wire.js';
import { type Context, endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { pageAnswer, pageRequestOf } from './paging.js';
import { ErasedProjectItem } from './receipt-schemas.js';
import { checkWholeAccount, erasedProjectAnswer } from './receipts.js';
import { ProjectItem, ProjectPatch, ProjectPost, ReferenceListQuery } from './reference-schemas.js';
import { pageSchema } from './schemas.js';

const tags = ['Projects'];
const params = Type.Object({
  project_ref: Type.String({ description: "The project's id or slug." }),
});

export const listProjects = endpoint({
  schema: {
    summary: 'List projects',
    description: "The projects of the key's account that the key reaches, newest first.",
    tags,
    querystring: ReferenceListQuery,
    response: { 200: pageSchema(ProjectItem), ...errorAnswers('invalid_request') },
  },
  async handle(context, request) {
    const page = await context.store.listProjects(request.key, pageRequestOf(request.query));
    return pageAnswer(page, projectBody);
  },
});

export const createProject = endpoint({
  contentTypes: ['application/json'],
  schema: {
    summary: 'Make a project',
    description: "In the key's account; needs an admin key of the whole account.",
    tags,
    body: ProjectPost,
    response: {
      201: ProjectItem,
      ...errorAnswers(
        'invalid_request',
        'conflict',
        'payload_too_large',
        'unsupported_media_type',
        'storage_full',
      ),
    },
  },
  async handle(context, request, reply) {
    checkWholeAccount(request.key);
    const { project_slug, project_id, hash_ids } = request.body;
    checkSlug('project_slug', project_slug);
    if (project_id !== undefined) checkIdentifier('project_id', project_id);

    const project = await context.store.createProject({
      accountId: request.key.accountId,
      projectSlug: project_slug,
      ...(project_id === undefined ? {} : { projectId: project_id }),
      ...(hash_ids === undefined ? {} : { hashIds: hash_ids }),
      ...settingsOf(request.body),
    });
    request.subject = project.projectId;
    return reply.code(201).send(projectBody(project));
  },
});

export const showProject = endpoint({
  schema: {
    summary: 'Show a project',
    tags,
    params,
    response: { 200: ProjectItem, ...errorAnswers('not_found') },
  },
  async handle(context, request) {
    const project = await reachedProject(context, request.key, request.params.project_ref);
    request.subject = project.projectId;
    return projectBody(project);
  },
});

export const changeProject = endpoint({
  contentTypes: ['application/json', 'application/merge-patch+json'],
  schema: {
    summary: 'Change a project',
    description: 'New times hold for later writes, new sensitive fields for later look-ups.',
    tags,
    params,
    body: ProjectPatch,
    response: {
      200: ProjectItem,
      ...errorAnswers(
        'invalid_request',
        'not_found',
        'conflict',
        'payload_too_large',
        'unsupported_media_type',
        'storage_full',
      ),
    },
  },
  async handle(context, request) {
    const { tenant, projectId } = await reachedProject(
      context,
      request.key,
      request.params.project_ref,
    );
    request.subject = projectId;
    const slug = request.body.project_slug;
    if (slug !== undefined) checkSlug('project_slug', slug);
    const settings = {
      ...settingsOf(request.body),
      ...(slug === undefined ? {} : { projectSlug: slug }),
    };
    return projectBody(await context.store.changeProject(tenant, settings));
  },
});

export const eraseProject = endpoint({
  schema: {
    summary: 'Erase a project',
    description:
      'With everything in it, at once and for good: its keys of encryption are destroyed. API keys ' +
      'that reach it alone are revoked. Needs an admin key of the whole account.',
    tags: ['Erasure'],
    params,
    response: { 200: ErasedProjectItem, ...errorAnswers('not_found', 'storage_full') },
  },
  async handle(context, request) {
    checkWholeAccount(request.key);
    const { tenant, projectId } = await reachedProject(
      context,
      request.key,
      request.params.project_ref,
    );
    request.subject = projectId;
    return erasedProjectAnswer(await context.store.eraseProject(tenant, request.key.keyId));
  },
});

/** The project in the key's account; beyond its reach the same answer as where there is none. */
export async function reachedProject(
  context: Context,
  key: ApiKey,
  reference: string,
): Promise<Project> {
  const project = await context.store.findProject(key.accountId, reference);
  if (project !== undefined && reaches(key, project)) return project;
  throw new BatonError(
    'not_found',
    'No project of this key has this id or slug; see the list of projects.',
  );
}

function settingsOf(body: Static<typeof ProjectPatch>): ProjectSettings {
  const { retention_seconds, pickup_deadline_seconds } = body;
  const { sensitive_fields, sensitive_last_four } = body;
  return {
    ...(retention_seconds === undefined ? {} : { retentionSeconds: retention_seconds }),
    ...(pickup_deadline_seconds === undefined
      ? {}
      : { pickupDeadlineSeconds: pickup_deadline_seconds }),
    ...(sensitive_fields === undefined ? {} : { sensitiveFields: [...new Set(sensitive_fields)] }),
    ...(sensitive_last_four === undefined ? {} : { sensitiveLastFour: sensitive_last_four }),
  };
}
