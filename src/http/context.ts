// What every handler is given, and what authentication leaves on a request.

import type { IncomingMessage, Server } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { RouteGenericInterface } from 'fastify/types/route.js';
import type { Logger } from 'pino';
import type { AuditAction } from '../audit.js';
import type { ErrorCode } from '../error.js';
import type { HandoffName } from '../handoff.js';
import type { JsonMember } from '../json-text.js';
import type { ApiKey, Permission } from '../key.js';
import type { PickupRecord } from '../outcome.js';
import type { Project } from '../project.js';
import type { Session } from '../session.js';
import type { Store } from '../store/store.js';
import type { Admissions } from './admissions.js';
import type { AuditLog } from './audit-log.js';
import type { BodyMemory } from './body-memory.js';
import type { Budgets, Spending } from './budgets.js';
import type { ClientAddress } from './client-address.js';
import type { Connections } from './connections.js';
import type { EventStreams } from './event-streams.js';
import type { KeyUse } from './key-use.js';
import type { Metrics } from './metrics.js';
import type { OutcomeLog } from './outcome-log.js';
import type { PublicOrigin } from './public-origin.js';
import type { ServedCertificate } from './served-certificate.js';
import type { Strangers } from './strangers.js';
import type { Waiting } from './waiting.js';

export interface Context {
  readonly log: Logger;
  readonly store: Store;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
  readonly waiting: Waiting;
  readonly admissions: Admissions;
  readonly eventStreams: EventStreams;
  readonly keyUse: KeyUse;
  readonly metrics: Metrics;
  readonly audit: AuditLog;
  readonly outcomes: OutcomeLog;
  readonly strangers: Strangers;
  readonly budgets: Budgets;
  readonly connections: Connections;
  readonly bodyMemory: BodyMemory;
  /** Of all ports; null: plain HTTP. */
  readonly certificate: ServedCertificate | null;
  readonly clientAddress: ClientAddress;
  readonly publicOrigin: PublicOrigin;
  /** Who may show a screen pop in a frame. */
  readonly popFrameOrigins: readonly string[];
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Of every page of the screen pop. */
    popHeaders: Readonly<Record<string, string>>;
  }
  interface FastifyRequest {
    /** The key whose secret the request showed; a handler runs only where it was let in. */
    key: ApiKey;
    /** What let the request in, where it was a cookie and not the key itself. */
    session?: Session;
    /** The store's, when key and project were looked at last by a request that goes on. */
    checkedVersion?: number;
    /** What the key's requests are counted against. */
    spending: Spending;
    /** The pattern of the path, for the counters. */
    route: string;
    /** The project in the path, which the key reaches. */
    project: Project;
    /** The members of the body as they were written. */
    bodyMembers: Map<string, JsonMember>;
    /** What the audit calls it; undefined: it is not audited. */
    action?: AuditAction;
    /** What the call concerns, where a handler knows it better than the query: for the audit. */
    subject?: HandoffName | string;
    /** What the answer gives to a reader; noted as its pickup where it goes out. */
    givenRecord?: PickupRecord;
    /** The code of the error that is the answer. */
    errorCode?: ErrorCode;
  }
  interface FastifyContextConfig {
    permission?: Permission | null;
    contentTypes?: readonly string[];
  }
}

/** One call of the API: its schemas, which are its types, its checks and its documentation. */
export interface Endpoint<Schema extends FastifySchema = FastifySchema> {
  readonly schema: Schema;
  /** Content types of the body; none: the call has no body. */
  readonly contentTypes?: readonly string[];
  handle(context: Context, request: EndpointRequest<Schema>, reply: FastifyReply): unknown;
}

export type EndpointRequest<Schema extends FastifySchema> = FastifyRequest<
  RouteGenericInterface,
  Server,
  IncomingMessage,
  Schema,
  TypeBoxTypeProvider
>;

/** Keeps the types of the schemas for the handler. */
export function endpoint<Schema extends FastifySchema>(
  definition: Endpoint<Schema>,
): Endpoint<Schema> {
  return definition;
}
