// The frame of every page of the screen pop: its style, its headers, and the pages without data.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply } from 'fastify';
import { type ErrorCode, statusOfCode } from '../error.js';
import { Html, html } from './html.js';
import { withStrictTransport } from './page-headers.js';

const style = readFileSync(new URL('pop.css', import.meta.url), 'utf8');
const styleHash = createHash('sha256').update(style).digest('base64');

/** After which a page without data is fetched again, which then waits for the data. */
const retrySeconds = 2;
/** Those of the pages that say that they look again by themselves. */
const retriedStatuses: ReadonlySet<number> = new Set([202, statusOfCode.unavailable]);

/** `frameOrigins`: who may show the page in a frame; none: nobody. */
export function popHeaders(frameOrigins: readonly string[]): Readonly<Record<string, string>> {
  const framed = frameOrigins.length > 0;
  const ancestors = framed ? frameOrigins.join(' ') : "'none'";
  return {
    'content-security-policy':
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'none'; ` +
      `base-uri 'none'; frame-ancestors ${ancestors}`,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    // It cannot name origins, and what it says would hold beside them.
    ...(framed ? {} : { 'x-frame-options': 'DENY' }),
  };
}

export function sendPop(reply: FastifyReply, status: number, page: string): FastifyReply {
  return withPopHeaders(reply, status).send(page);
}

export function withPopHeaders(reply: FastifyReply, status: number): FastifyReply {
  if (retriedStatuses.has(status)) reply.header('refresh', retrySeconds);
  return withStrictTransport(reply).code(status).headers(reply.server.popHeaders);
}

/** The title tells nothing of the caller, since browsers keep titles. */
export function popDocument(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<title>${title} – Baton</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

function notice(title: string, sentences: readonly string[]): string {
  const paragraphs = sentences.map((sentence) => html`<p>${sentence}</p>`);
  const body = html`<main class="notice"><h1>${title}</h1>${paragraphs}</main>`;
  return popDocument(title, body);
}

export const waitingPage = notice('Nothing handed over yet', [
  'The agent has not written what it knows about this conversation so far.',
  'This page looks again by itself.',
]);

export const aheadPage = notice('Not opened yet', [
  'This link was fetched ahead of time, by a browser or a program.',
  'It shows the handoff when you open it.',
]);

/** The same whatever the reason, so that it tells nothing of what there is. */
const refusedPage = notice('This link does not open', [
  'It may have ended, been used, or been copied in part. There is nothing more to see here.',
  'Ask for the handoff again from where the call came in.',
]);

const busyPage = notice('Too much at once', [
  'Too many pages were asked for: from your network, or with the key of this link.',
  'Wait a minute, then open the link again.',
]);

const awayPage = notice('Not to be had right now', [
  'The server cannot answer for the moment.',
  'This page looks again by itself.',
]);

const failedPage = notice('Something went wrong', [
  'The server has failed to show this handoff, and its log says why.',
  'Reload the page, or ask for the handoff again from where the call came in.',
]);

/** What a person is shown in place of an error; undefined: nothing else than others are. */
export function popFailure(code: ErrorCode): { status: number; page: string } | undefined {
  switch (code) {
    case 'not_found':
    case 'invalid_request':
      return { status: statusOfCode.not_found, page: refusedPage };
    case 'rate_limited':
      return { status: statusOfCode.rate_limited, page: busyPage };
    case 'unavailable':
    case 'storage_full':
      return { status: statusOfCode.unavailable, page: awayPage };
    case 'internal':
      return { status: statusOfCode.internal, page: failedPage };
    default:
      return undefined;
  }
}
