// Fastify with our limits, error bodies and counters, before any route is added.

import { randomBytes } from 'node:crypto';
import type { ServerOptions } from 'node:http';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { limits } from '../limits.js';
import { noteAnswered } from './answered.js';
import { auditAnswers } from './audited.js';
import { readBodies } from './body.js';
import { answerBrokenConnection } from './connection-errors.js';
import type { Context } from './context.js';
import { isMissing, nothingHere, sendError } from './errors.js';
import { headerBlockError } from './header-block.js';
import { createHttpServer } from './http-server.js';
import { popHeaders } from './pop-document.js';
import { parseQuery } from './query.js';
import { shortWay } from './ready-answer.js';
import { delayRefusals } from './refusal-delay.js';

/** Longer than the idle time of common load balancers, so that it is they who close. */
const keepAliveMs = 72_000;

const serverOptions: ServerOptions = {
  maxHeaderSize: limits.headerBytesMax,
  headersTimeout: limits.headersMsMax,
  requestTimeout: limits.requestMsMax,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: keepAliveMs,
  requireHostHeader: false,
};

export function bareApp(context: Context): FastifyInstance {
  const newRequestId = requestIds();
  const loggerInstance: FastifyBaseLogger = context.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: limits.bodyBytesMax,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    serverFactory: (handle) =>
      createHttpServer(context.certificate, serverOptions, shortWay(context, newRequestId, handle)),
    routerOptions: {
      maxParamLength: limits.pathPartCharactersMax,
      querystringParser: parseQuery,
    },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allowUnionTypes: true,
      },
    },
    frameworkErrors: sendError,
    clientErrorHandler: (error, socket) => answerBrokenConnection(error, socket, newRequestId()),
  });
  app.decorate('popHeaders', popHeaders(context.popFrameOrigins));
  app.decorateRequest('key');
  app.decorateRequest('session');
  app.decorateRequest('checkedVersion');
  app.decorateRequest('project');
  app.decorateRequest('spending');
  app.decorateRequest('route', 'none');
  app.decorateRequest('bodyMembers');
  app.decorateRequest('action');
  app.decorateRequest('subject');
  app.decorateRequest('errorCode');
  // One logger for all: a child a request costs more than the look-up, and lines name their request.
  app.setChildLoggerFactory((logger) => logger);
  app.setErrorHandler(sendError);
  app.setSerializerCompiler(() => JSON.stringify);
  readBodies(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    if (context.waiting.isClosing) reply.header('connection', 'close');
    // Nothing is at the path: said before a body is read, which a stranger may have sent.
    done(headerBlockError(request.raw) ?? (request.is404 ? nothingHere() : undefined));
  });
  app.addHook('onError', (request, _reply, error, done) => {
    if (isMissing(error)) context.budgets.noteNotFound(request);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    noteAnswered(context, {
      requestId: request.id,
      series: context.metrics.series(request.method, request.route, reply.statusCode),
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
  auditAnswers(app, context);
  delayRefusals(app);
  answerOddRequests(app, newRequestId);
  context.connections.limit(app.server);
  return app;
}

/** Unique across restarts, without meaning, and never taken over from a client. */
function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return () => `${prefix}-${(count++).toString(36)}`;
}

/** Requests that Node would answer by itself, without a body. */
function answerOddRequests(app: FastifyInstance, newRequestId: () => string): void {
  // Node would drop what comes after the first thousand; their bytes are what is limited.
  app.server.maxHeadersCount = 0;
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  app.server.on('connect', (_request, socket) => {
    answerBrokenConnection(new Error('CONNECT'), socket, newRequestId());
  });
}
