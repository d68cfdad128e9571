// A look-up's answer as the key that asks may see it: its body, and headers that tell no more.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../handoff.js';
import type { Project } from '../project.js';
import { type View, viewedBody } from '../view.js';
import type { Context } from './context.js';
import { prefersMasked } from './preferences.js';
import { withheldHeader } from './withheld.js';

export interface ShownAnswer {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
  /** Pointers into `data`, as `Viewed` has them. */
  readonly withheld: readonly string[];
}

/** What the request is to see: all that its key may, or less where it prefers so. */
export function wantedView({ key, headers }: FastifyRequest): View {
  return key.view === 'full' && prefersMasked(headers.prefer) ? 'masked' : key.view;
}

/**
 * Where less than all is seen, the version and the time of the last change are left out, since
 * they tell of changes of what is withheld; the ETag is a keyed hash of what is shown.
 */
export function shownAnswer(
  { store }: Context,
  project: Project,
  view: View,
  answer: Answer,
): ShownAnswer {
  if (view === 'full') return wholeAnswer(answer);

  const { text, withheld } = viewedBody(answer.body, view, project);
  return {
    body: text,
    withheld,
    headers: {
      etag: `"${store.keyedHash(project.tenant, text)}"`,
      sunset: answer.sunset,
      ...(withheld.length === 0 ? {} : { 'baton-withheld': withheldHeader(withheld) }),
    },
  };
}

export function wholeAnswer({ body, etag, lastModified, sunset }: Answer): ShownAnswer {
  return { body, withheld: [], headers: { etag, 'last-modified': lastModified, sunset } };
}

/**
 * The answer to a write. A person at the console, who may write without having seen what is there,
 * sees what is sensitive of it only by a look-up, which is audited as a reveal.
 */
export function writtenAnswer(
  context: Context,
  { project, session }: FastifyRequest,
  answer: Answer,
): ShownAnswer {
  const whole = wholeAnswer(answer);
  if (session === undefined) return whole;
  const masked = shownAnswer(context, project, 'masked', answer);
  return { ...masked, headers: { ...masked.headers, ...whole.headers } };
}

export function sendShown(reply: FastifyReply, { body, headers }: ShownAnswer): FastifyReply {
  return reply
    .headers(headers)
    .header('content-type', 'application/json; charset=utf-8')
    .send(body);
}
