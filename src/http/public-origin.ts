// The origin under which a client reaches this server, for links that are to lead back to it.

import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { addressOf, trustCheckOf } from './client-address.js';

/** Scheme, host and port, such as `https://baton.example.com`. */
export type PublicOrigin = (request: IncomingMessage) => string;

const hostForm = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Believes `X-Forwarded-Proto` and `X-Forwarded-Host` of these proxies, and of nobody else. */
export function publicOriginBehind(trustedProxies: readonly string[]): PublicOrigin {
  const isTrusted = trustCheckOf(trustedProxies);
  return ({ headers, socket }) => {
    const forwarded = isTrusted(addressOf(socket)) ? headers : {};
    const scheme = firstOf(forwarded['x-forwarded-proto']);
    const isSecure = (socket as Partial<TLSSocket>).encrypted === true;
    const own = isSecure ? 'https' : 'http';
    const hosts = [firstOf(forwarded['x-forwarded-host']), headers.host];
    const host = hosts.find((one) => one !== undefined && hostForm.test(one));
    return `${scheme === 'https' || scheme === 'http' ? scheme : own}://${host ?? localHost(socket)}`;
  };
}

/** What the client itself was asked for: proxies behind the first one append theirs. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return [header].flat()[0]?.split(',', 1)[0]?.trim();
}

/** Of a request without a usable `Host`, which HTTP/1.0 allows. */
function localHost({ localAddress = '127.0.0.1', localPort = 0 }: IncomingMessage['socket']) {
  return `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`;
}
