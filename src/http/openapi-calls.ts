// What the OpenAPI document says of each call beyond its schemas: its name, headers and examples.

import * as example from './openapi-examples.js';
import type { AnswerHeader, RequestHeader } from './openapi-headers.js';

export interface CallDescription {
  readonly operationId: string;
  readonly takes?: readonly RequestHeader[];
  /** What is said of an answer, by status, beyond its schema. */
  readonly answers?: Readonly<Record<number, AnswerDescription>>;
  /** What the curl example sends. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly bodyIsOptional?: boolean;
  /** The curl example, where it cannot be made from the rest. */
  readonly curl?: string;
}

export interface AnswerDescription {
  readonly description?: string;
  readonly headers?: readonly AnswerHeader[];
  readonly example?: unknown;
}

const project = '/v1/{account_id}/{project_id}';
const ofState = ['ETag', 'Last-Modified', 'Sunset'] as const;
const state = { headers: ofState, example: example.state };
const byName = { shared_id: example.state.shared_id };

/** By method and path. */
export const calls: Readonly<Record<string, CallDescription>> = {
  [`get ${project}/handoff_state`]: {
    operationId: 'lookUpHandoffState',
    takes: ['Prefer', 'IfNoneMatchOfLookUp'],
    answers: {
      200: { ...state, headers: [...ofState, 'Baton-Withheld', 'Preference-Applied'] },
      304: { headers: [...ofState, 'Baton-Withheld', 'Preference-Applied'] },
      404: { headers: ['Preference-Applied', 'Retry-After'] },
    },
    query: { ...byName, wait: '5' },
  },
  [`put ${project}/handoff_state`]: {
    operationId: 'putHandoffState',
    takes: ['IfMatch', 'IfNoneMatchOfWrite'],
    answers: {
      200: { ...state, description: 'The state was replaced.' },
      201: { ...state, description: 'The state was made.' },
    },
    body: example.write,
  },
  [`patch ${project}/handoff_state`]: {
    operationId: 'patchHandoffState',
    takes: ['IfMatch'],
    answers: {
      200: { headers: ofState, description: 'The state as it is now.', example: example.patched },
    },
    query: byName,
    body: example.patch,
  },
  [`delete ${project}/handoff_state`]: {
    operationId: 'eraseHandoffState',
    takes: ['IfMatch'],
    answers: { 200: { description: 'The state was erased.', example: example.erased } },
    query: byName,
  },
  [`post ${project}/handoff_state/links`]: {
    operationId: 'createLink',
    answers: { 201: { description: 'The new link.', example: example.link } },
    query: byName,
    body: { ttl_seconds: 900, one_time: false },
    bodyIsOptional: true,
  },
  'get /pop/{token}': { operationId: 'openPop' },
  [`get ${project}/handoff_states`]: {
    operationId: 'listHandoffStates',
    answers: { 200: { example: example.pageOf(example.listed) } },
    query: { limit: '10' },
  },
  [`get ${project}/handoff_states/stats`]: {
    operationId: 'readStats',
    answers: { 200: { example: example.stats } },
    query: { from: example.stats.from, to: example.stats.to, interval: '3600' },
  },
  [`get ${project}/events`]: {
    operationId: 'readEvents',
    takes: ['LastEventId'],
    curl: 'curl -N "$BATON_URL/v1/$ACCOUNT/$PROJECT/events" \\\n  -H "x-api-key: $ADMIN_KEY"',
  },
  [`get ${project}/audit`]: {
    operationId: 'listAudit',
    answers: { 200: { example: example.pageOf(example.audited) } },
    query: { action: 'look_up', limit: '10' },
  },
  [`delete ${project}/handoff_states`]: {
    operationId: 'eraseHandoffStates',
    answers: { 200: { example: { erased: [example.erased] } } },
    query: { alias: example.write.aliases[0]! },
  },
  [`get ${project}/receipts`]: {
    operationId: 'listReceipts',
    answers: { 200: { example: example.pageOf(example.receipt) } },
    query: { id: example.state.id },
  },
  'get /v1/receipts': {
    operationId: 'listProjectReceipts',
    answers: { 200: { example: example.pageOf(example.erasedProject) } },
  },
  'get /.well-known/jwks.json': {
    operationId: 'readSigningKeys',
    answers: { 200: { example: example.signingKeys } },
  },
  'get /v1/projects': {
    operationId: 'listProjects',
    answers: { 200: { example: example.pageOf(example.project) } },
  },
  'post /v1/projects': {
    operationId: 'createProject',
    answers: { 201: { example: example.newProject } },
    body: { project_slug: example.newProject.project_slug, retention_seconds: 86_400 },
  },
  'get /v1/projects/{project_ref}': {
    operationId: 'showProject',
    answers: { 200: { example: example.project } },
  },
  'patch /v1/projects/{project_ref}': {
    operationId: 'changeProject',
    answers: { 200: { description: 'The project as it is now.', example: example.project } },
    body: { retention_seconds: example.project.retention_seconds },
  },
  'delete /v1/projects/{project_ref}': {
    operationId: 'eraseProject',
    answers: { 200: { description: 'The project was erased.', example: example.erasedProject } },
  },
  'get /v1/keys': {
    operationId: 'listKeys',
    answers: { 200: { example: example.pageOf(example.key) } },
  },
  'post /v1/keys': {
    operationId: 'createKey',
    answers: { 201: { description: 'The new key.', example: example.newKey } },
    body: { name: example.key.name, permission: example.key.permission, view: example.key.view },
  },
  'post /v1/keys/{key_id}/rotate': {
    operationId: 'rotateKey',
    answers: { 201: { description: 'The new key.', example: example.newKey } },
    body: { overlap_seconds: 3_600 },
    bodyIsOptional: true,
  },
  'delete /v1/keys/{key_id}': {
    operationId: 'revokeKey',
    answers: { 200: { description: 'The key as it is now.', example: example.revokedKey } },
  },
  'post /console/session': {
    operationId: 'signIn',
    answers: { 200: { headers: ['Set-Cookie'], example: example.session } },
    body: { api_key: 'baton_us-1_…' },
    curl: `curl -c baton.cookie -X POST "$BATON_URL/console/session" \\
  -H 'content-type: application/json' \\
  -d "{\\"api_key\\": \\"$ADMIN_KEY\\"}"`,
  },
  'get /console/session': {
    operationId: 'showSession',
    curl: 'curl -b baton.cookie "$BATON_URL/console/session"',
    answers: { 200: { example: example.session } },
  },
  'delete /console/session': {
    operationId: 'signOut',
    takes: ['CsrfToken'],
    curl: `curl -b baton.cookie -X DELETE "$BATON_URL/console/session" \\
  -H "x-csrf-token: $CSRF_TOKEN"`,
    answers: { 200: { headers: ['Set-Cookie'], example: {} } },
  },
  'get /metrics': { operationId: 'readMetrics' },
  'get /livez': { operationId: 'checkLiveness', answers: { 200: { example: { status: 'ok' } } } },
  'get /readyz': { operationId: 'checkReadiness', answers: { 200: { example: { status: 'ok' } } } },
  'get /openapi.json': { operationId: 'readOpenApiDocument' },
  'get /docs': { operationId: 'readDocumentation' },
};
