// Request bodies: which content types a call takes, and how bytes become members.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BatonError, invalidRequest } from '../error.js';
import { readJsonObject } from '../json-text.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws 415 unless the body, where there is one, has one of the content types. */
export function checkContentType(request: FastifyRequest, accepted: readonly string[]): void {
  const { headers } = request;
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  const given = headers['content-type'];
  if (given === undefined && !hasBody) return;

  const [type, ...parameters] = (given ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!accepted.includes(type!) || !isUtf8) {
    throw new BatonError(
      'unsupported_media_type',
      `Content-Type: found ${given === undefined ? 'none' : 'another one'}; ` +
        `send ${accepted.join(' or ')} in UTF-8.`,
    );
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new BatonError(
      'unsupported_media_type',
      'Content-Encoding: found an encoding; send the body as it is.',
    );
  }
}

/**
 * Reads every body by itself, whatever its content type: the call has checked that before. The
 * text of each member is kept beside its value, since values lose digits and order.
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (request.routeOptions.config.contentTypes === undefined) return done(null, undefined);
    try {
      const text = decode(bytes as Buffer);
      request.bodyMembers = readJsonObject(text);
      done(null, JSON.parse(text));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

function decode(bytes: Buffer): string {
  if (bytes.length === 0) throw invalidRequest('body: found nothing; send a JSON object.');
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidRequest('body: found bytes that are not UTF-8; send JSON in UTF-8.');
  }
}
