// Is the process alive, can it answer look-ups, and what does it count.

import { Type } from 'typebox';
import { BatonError } from '../error.js';
import { endpoint } from './context.js';
import { errorAnswers, failures } from './error-answers.js';

const tags = ['Operation'];
const Status = Type.Object({ status: Type.Literal('ok') }, { description: 'All is well.' });

export const livez = endpoint({
  schema: {
    summary: 'Check that the process is alive',
    tags,
    response: { 200: Status, ...failures('invalid_request') },
  },
  handle: () => ({ status: 'ok' }),
});

export const readyz = endpoint({
  schema: {
    summary: 'Check that look-ups work',
    description: 'Fails with 503 while the store cannot be read and while the server shuts down.',
    tags,
    response: { 200: Status, ...failures('invalid_request', 'internal', 'unavailable') },
  },
  async handle(context, request) {
    context.waiting.checkOpen();
    context.audit.check('look_up');
    try {
      await context.store.checkReady();
    } catch (error) {
      request.log.error({ err: error, request_id: request.id }, 'the store cannot be read');
      throw new BatonError('unavailable', 'The store cannot be read; the log says why.', {
        retryAfterSeconds: 1,
      });
    }
    return { status: 'ok' };
  },
});

export const metrics = endpoint({
  schema: {
    summary: 'Read the metrics',
    description:
      'Prometheus text format. The port of `--metrics-port` gives them without a key. To keys of ' +
      'some projects, look-ups are not told that were `never_written` or are of `other_project`.',
    tags,
    response: {
      200: { description: 'The metrics.', content: { 'text/plain': { schema: Type.String() } } },
      ...errorAnswers(),
    },
  },
  handle: (context, { key }, reply) =>
    reply.type(metricsType).send(context.metrics.text(context, key.projects === null)),
});

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
