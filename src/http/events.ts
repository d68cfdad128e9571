// What happens to a project's handoffs, as it happens: server-sent events (WHATWG HTML, 9.2), ids
// and times, never data.

import type { OutgoingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { invalidRequest } from '../error.js';
import { noteBegun } from './audited.js';
import { endpoint } from './context.js';
import { errorAnswers } from './error-answers.js';
import { EventStream } from './event-stream.js';
import { ProjectPath } from './schemas.js';

const seqForm = /^[0-9]{1,15}$/;

export const readEvents = endpoint({
  schema: {
    summary: 'Follow events',
    description:
      'A stream of server-sent events, `written`, `changed`, `picked_up` (with `late`), `missed` and ' +
      '`erased`, each with the id and the time, never data. It begins now, or after the event that ' +
      '`Last-Event-ID` names, of those of the last day; where some of them are gone, with the event ' +
      '`gap`. It ends with its key or session.',
    tags: ['Handoff states'],
    params: ProjectPath,
    querystring: Type.Object(
      {
        last_event_id: Type.Optional(
          Type.String({
            pattern: seqForm.source,
            description: 'As `Last-Event-ID`, which wins, for who cannot send it.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    response: {
      200: {
        description: 'The events, until somebody ends the stream.',
        content: { 'text/event-stream': { schema: Type.String() } },
      },
      ...errorAnswers('invalid_request'),
    },
  },
  async handle(context, request, reply) {
    const lastSeen = lastSeenOf(request.headers['last-event-id'], request.query.last_event_id);
    reply.type('text/event-stream; charset=utf-8');
    if (request.method === 'HEAD') return reply.send('');
    const stream = new EventStream(context, request, reply);
    const start = await stream.start(lastSeen);
    await noteBegun(context, request, reply);
    // A proxy that gathers the answer first would never hand it on.
    const headers = { ...reply.getHeaders(), 'x-accel-buffering': 'no' } as OutgoingHttpHeaders;
    reply.hijack().raw.writeHead(200, headers);
    void stream.run(start);
    return reply;
  },
});

function lastSeenOf(
  header: string | string[] | undefined,
  parameter: string | undefined,
): number | undefined {
  if (header === undefined) return parameter === undefined ? undefined : Number(parameter);
  if (typeof header === 'string' && seqForm.test(header)) return Number(header);
  throw invalidRequest(
    'Last-Event-ID: found another text than the id of an event; send the last id that came, or none.',
  );
}
