// The HTTP application: every route on one screen, with the permission that it needs and with what
// the audit calls it.

import { METHODS } from 'node:http';
import cors from '@fastify/cors';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { AuditAction } from '../audit.js';
import type { Permission } from '../key.js';
import { listAudit } from './audit.js';
import { authenticate } from './authenticate.js';
import { bareApp } from './bare-app.js';
import { checkContentType } from './body.js';
import { consoleAsset, consolePage } from './console.js';
import type { Context, Endpoint } from './context.js';
import { docsPage, docsStyle, openApiDocument } from './docs.js';
import { sendMethodNotAllowed } from './errors.js';
import { readEvents } from './events.js';
import {
  eraseHandoffState,
  lookUpHandoffState,
  patchHandoffState,
  putHandoffState,
} from './handoff-state.js';
import { eraseHandoffStates, listHandoffStates } from './handoff-states.js';
import { livez, metrics, readyz } from './health.js';
import { createKey, listKeys, revokeKey, rotateKey } from './keys.js';
import { createLink } from './links.js';
import { describeApi, security } from './openapi.js';
import { openPop } from './pop.js';
import {
  changeProject,
  createProject,
  eraseProject,
  listProjects,
  showProject,
} from './projects.js';
import { listProjectReceipts, listReceipts, readSigningKeys } from './receipts.js';
import { showSession, signIn, signOut } from './sessions.js';
import { readStats } from './stats.js';

type Route = readonly [HTTPMethods, string, Permission | null, Endpoint, AuditAction?];

const tenant = ':account_id/:project_id';

// biome-ignore format: one route a line
export const routes: readonly Route[] = [
  ['GET',    `/v1/${tenant}/handoff_state`,  'read',  lookUpHandoffState, 'look_up'],
  ['GET',    `/v3/${tenant}/handoff_state`,  'read',  lookUpHandoffState, 'look_up'],
  ['GET',    `/${tenant}/handoff_state`,     'read',  lookUpHandoffState, 'look_up'],
  ['PUT',    `/v1/${tenant}/handoff_state`,  'write', putHandoffState, 'put'],
  ['PATCH',  `/v1/${tenant}/handoff_state`,  'write', patchHandoffState, 'patch'],
  ['DELETE', `/v1/${tenant}/handoff_state`,  'write', eraseHandoffState, 'erase'],
  ['POST',   `/v1/${tenant}/handoff_state/links`, 'read', createLink, 'link_create'],
  ['GET',    `/v1/${tenant}/handoff_states`, 'admin', listHandoffStates, 'list'],
  ['DELETE', `/v1/${tenant}/handoff_states`, 'admin', eraseHandoffStates, 'erase_named'],
  ['GET',    `/v1/${tenant}/handoff_states/stats`, 'admin', readStats, 'stats_read'],
  ['GET',    `/v1/${tenant}/receipts`,       'admin', listReceipts, 'receipt_list'],
  ['GET',    `/v1/${tenant}/events`,         'admin', readEvents, 'events_read'],
  ['GET',    `/v1/${tenant}/audit`,          'admin', listAudit, 'audit_read'],
  ['GET',    '/v1/receipts',                 'admin', listProjectReceipts, 'receipt_list'],
  ['GET',    '/pop/:token',                  null,    openPop, 'pop_open'],
  ['GET',    '/.well-known/jwks.json',       null,    readSigningKeys],
  ['GET',    '/v1/projects',                 'admin', listProjects, 'project_list'],
  ['POST',   '/v1/projects',                 'admin', createProject, 'project_create'],
  ['GET',    '/v1/projects/:project_ref',    'admin', showProject, 'project_show'],
  ['PATCH',  '/v1/projects/:project_ref',    'admin', changeProject, 'project_change'],
  ['DELETE', '/v1/projects/:project_ref',    'admin', eraseProject, 'project_erase'],
  ['GET',    '/v1/keys',                     'admin', listKeys, 'key_list'],
  ['POST',   '/v1/keys',                     'admin', createKey, 'key_create'],
  ['POST',   '/v1/keys/:key_id/rotate',      'admin', rotateKey, 'key_rotate'],
  ['DELETE', '/v1/keys/:key_id',             'admin', revokeKey, 'key_revoke'],
  ['POST',   '/console/session',             null,    signIn, 'sign_in'],
  ['GET',    '/console/session',             null,    showSession],
  ['DELETE', '/console/session',             null,    signOut, 'sign_out'],
  ['GET',    '/metrics',                     'admin', metrics],
  ['GET',    '/openapi.json',                null,    openApiDocument],
  ['GET',    '/docs',                        null,    docsPage],
  ['GET',    '/docs/style.css',              null,    docsStyle],
  ['GET',    '/console',                     null,    consolePage],
  ['GET',    '/console/*',                   null,    consolePage],
  ['GET',    '/console/assets/:file',        null,    consoleAsset],
  ['GET',    '/livez',                       null,    livez],
  ['GET',    '/readyz',                      null,    readyz],
];

export interface AppOptions {
  readonly version: string;
  /** Origins whose browsers may call, besides the server's own. */
  readonly corsOrigins: readonly string[];
}

/** Builds the application; it listens when its caller says so. */
export async function createApp(context: Context, options: AppOptions): Promise<FastifyInstance> {
  const app = bareApp(context);
  if (options.corsOrigins.length > 0) await allowOrigins(app, options.corsOrigins);
  await describeApi(app, options.version);

  for (const route of routes) addRoute(app, context, route);
  refuseOtherMethods(app);
  await app.ready();
  return app;
}

function addRoute(app: FastifyInstance, context: Context, route: Route): void {
  const [method, url, permission, endpoint, action] = route;
  const { schema, contentTypes } = endpoint;
  const mayMiss = Object.keys(schema.response ?? {}).includes('404');
  const isAlias = url.startsWith('/v3/') || url.startsWith('/:');
  app.route({
    method,
    url,
    schema: { ...schema, hide: isAlias, ...(permission === null ? {} : { security }) },
    config: { permission, ...(contentTypes === undefined ? {} : { contentTypes }) },
    async onRequest(request, reply) {
      request.route = url;
      if (action !== undefined) {
        context.audit.check(action);
        request.action = action;
      }
      if (permission !== null) {
        await authenticate(context, request, reply, permission);
        context.budgets.spend(request, reply, mayMiss);
      }
      if (contentTypes !== undefined) checkContentType(request, contentTypes);
      if (method !== 'GET') context.bodyMemory.hold(request, reply);
    },
    handler: (request, reply) => endpoint.handle(context, request as never, reply),
  });
}

/** Answers 405 with `Allow` to every other method of the paths that there are. */
function refuseOtherMethods(app: FastifyInstance): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  for (const path of new Set(routes.map(([, url]) => url))) {
    const taken = routes.filter(([, url]) => url === path).map(([method]) => method);
    const allowed = taken.includes('GET') ? [...taken, 'HEAD'] : taken;
    app.route({
      method: app.supportedMethods.filter((method) => !allowed.includes(method)),
      url: path,
      schema: { hide: true },
      onRequest: async (_request, reply) => sendMethodNotAllowed(allowed, reply),
      handler: async (_request, reply) => sendMethodNotAllowed(allowed, reply),
    });
  }
}

async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
    exposedHeaders: [
      'ETag',
      'Last-Modified',
      'Sunset',
      'X-Request-Id',
      'Baton-Withheld',
      'Preference-Applied',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 600,
    strictPreflight: false,
  });
}
