// Refusals go out so that their time does not tell whether what was asked for exists.

import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isForPerson } from './errors.js';

/**
 * To find something takes longer than to find nothing: microseconds, with PostgreSQL more. So an
 * answer waits for the next multiple of this since its request came, whatever it took until then.
 */
const stepMs = 10;
/** On top, by chance: so what takes a step more now and then does not stand out. */
const chanceMsMax = 10;

/**
 * The last milliseconds are waited one by one, whatever came before: a process wakes later from a long
 * sleep than from a short one, by tens of microseconds, which told the ends of the two apart.
 */
const lastMs = 2;

/** The last thing before an answer goes out: what is done after it would tell, too. */
export function delayRefusals(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    // At once, since a connection may be closed before a later turn: so it is no async function.
    if (!isTelling(request)) return done(null, payload);
    // oxlint-disable-next-line promise/no-callback-in-promise
    waitFor(reply).then(() => done(null, payload), done);
  });
}

/** Whether its time could tell if what was asked for exists. */
function isTelling(request: FastifyRequest): boolean {
  const { errorCode, key } = request;
  // Without a key it is the path that is not there, unless it is a link's.
  if (errorCode === 'not_found') return key !== undefined || isForPerson(request);
  return errorCode === 'unauthorized' || errorCode === 'forbidden' || errorCode === 'rate_limited';
}

async function waitFor(reply: FastifyReply): Promise<void> {
  const steps = Math.ceil(reply.elapsedTime / stepMs);
  const until = steps * stepMs + randomInt(chanceMsMax + 1);
  await setTimeout(Math.max(1, until - reply.elapsedTime - lastMs));
  while (reply.elapsedTime < until) await setTimeout(1);
}
