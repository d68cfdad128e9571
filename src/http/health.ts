// Is the process alive, can it answer look-ups, and what does it count.

import { Type } from 'typebox';
import { endpoint } from './context.js';
import { errorAnswers } from './schemas.js';

const tags = ['Operation'];
const Status = Type.Object({ status: Type.Literal('ok') });

export const livez = endpoint({
  schema: { summary: 'Alive', tags, response: { 200: Status } },
  handle: () => ({ status: 'ok' }),
});

export const readyz = endpoint({
  schema: {
    summary: 'Ready to answer look-ups',
    description: 'Fails while the store cannot be read and while the server shuts down.',
    tags,
    response: { 200: Status, ...errorAnswers() },
  },
  async handle(context) {
    context.waiting.checkOpen();
    await context.store.checkReady();
    return { status: 'ok' };
  },
});

export const metrics = endpoint({
  schema: {
    summary: 'Metrics in Prometheus text format',
    description: 'Any admin key; or without a key on --metrics-port.',
    tags,
    response: { 200: { type: 'string' }, ...errorAnswers() },
  },
  handle: (context, _request, reply) => reply.type(metricsType).send(context.metrics.text(context)),
});

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
