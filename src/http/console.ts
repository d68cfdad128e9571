// The web console, served from the box: its one page under every address, and what it is built of.

import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { BatonError } from '../error.js';
import { endpoint } from './context.js';
import { nothingHere } from './errors.js';
import { withPageHeaders } from './page-headers.js';

const builtFiles = new URL('../console/', import.meta.url);

/** Nothing from another host, no inline script or style, no frame around, no form that is sent. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const typeOfExtension: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export const consolePage = endpoint({
  schema: {},
  handle: (_context, request, reply) => {
    const page = files().get('index.html');
    if (page === undefined) throw notBuilt();
    return sendFile(page, 'no-cache', request, reply);
  },
});

export const consoleAsset = endpoint({
  schema: { params: Type.Object({ file: Type.String() }) },
  handle: (_context, request, reply) => {
    const asset = files().get(`assets/${request.params.file}`);
    if (asset === undefined) throw nothingHere();
    // Its name holds a hash of its content.
    return sendFile(asset, 'public, max-age=31536000, immutable', request, reply);
  },
});

const packedEnding = '.gz';

interface BuiltFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

let built: ReadonlyMap<string, BuiltFile> | undefined;

/** By their paths below `dist/console`, where the build has packed them; read once a process. */
function files(): ReadonlyMap<string, BuiltFile> {
  built ??= new Map(['', 'assets/'].flatMap(filesOf));
  return built;
}

function filesOf(folder: string): [string, BuiltFile][] {
  const address = new URL(folder, builtFiles);
  return packedNamesIn(address).map((name) => {
    const plain = readFileSync(new URL(name, address));
    const gzipped = readFileSync(new URL(name + packedEnding, address));
    const type = typeOfExtension[extname(name)] ?? 'application/octet-stream';
    return [folder + name, { type, plain, gzipped }];
  });
}

/** Of the files that are there packed, too. */
function packedNamesIn(folder: URL): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(packedEnding));
    return names.map((name) => name.slice(0, -packedEnding.length));
  } catch {
    return [];
  }
}

function sendFile(
  file: BuiltFile,
  cacheControl: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (takesGzip) reply.header('content-encoding', 'gzip');
  return withPageHeaders(reply, contentSecurityPolicy)
    .header('vary', 'accept-encoding')
    .header('cache-control', cacheControl)
    .type(file.type)
    .send(takesGzip ? file.gzipped : file.plain);
}

function notBuilt(): BatonError {
  return new BatonError(
    'not_found',
    'The console was not built: found no files of it beside the server; run npm run build.',
  );
}
