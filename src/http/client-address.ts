// From which address a request comes: the socket's, or what a trusted proxy says in
// `X-Forwarded-For`. `Forwarded` (RFC 7239) is not read, so that there is one truth: a proxy that
// sets only one of the two would let clients write the other.

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket, SocketAddress } from 'node:net';

/**
 * An IPv4 or IPv6 address in its one canonical form, IPv4-mapped ones as IPv4. Empty where the
 * connection has ended before anybody asked.
 */
export type ClientAddress = (request: IncomingMessage) => string;

/** Whether an address, in its canonical form, is a trusted proxy's. */
export type TrustCheck = (address: string) => boolean;

export function trustCheckOf(trustedProxies: readonly string[]): TrustCheck {
  const trusted = trustList(trustedProxies);
  return (address) => address !== '' && trusted.check(address, familyOf(address));
}

/** Believes forwarded headers of these addresses and ranges, and of nobody else. */
export function clientAddressBehind(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return peerAddress;

  const isTrusted = trustCheckOf(trustedProxies);
  return (request) => {
    const peer = peerAddress(request);
    const forwarded = request.headers['x-forwarded-for'];
    if (typeof forwarded !== 'string' || !isTrusted(peer)) return peer;
    return forwardedAddress(forwarded, isTrusted) ?? peer;
  };
}

/**
 * The right-most address that is not a trusted proxy's own, since each proxy appends the one it
 * was called from, and what stands left of the first stranger is that stranger's word. Where all
 * are trusted, the left-most; undefined where the way to it leads over what is no address.
 */
function forwardedAddress(forwarded: string, isTrusted: TrustCheck): string | undefined {
  let address: string | undefined;
  for (const entry of forwarded.split(',').toReversed()) {
    address = addressIn(entry.trim());
    if (address === undefined || !isTrusted(address)) return address;
  }
  return address;
}

/** 1: an IPv6 address in brackets, 2: an IPv4 one; both with a port, as some proxies append it. */
const withPort = /^(?:\[([^\]]*:[^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;

function addressIn(entry: string): string | undefined {
  const found = withPort.exec(entry);
  const address = found?.[1] ?? found?.[2] ?? entry;
  // A zone means something on the machine that wrote it alone.
  return isIP(address) === 0 || address.includes('%') ? undefined : canonical(address);
}

function peerAddress({ socket }: IncomingMessage): string {
  return addressOf(socket);
}

/** Of a connection; empty where it has ended before anybody asked. */
export function addressOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress === undefined ? '' : canonical(remoteAddress);
}

/** One text for each address: `2001:DB8:0::1` is `2001:db8::1`, `::ffff:10.0.0.1` is `10.0.0.1`. */
function canonical(text: string): string {
  if (isIP(text) === 4) return text;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = /^::ffff:([\d.]+)$/.exec(address);
  return mapped?.[1] ?? address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

function trustList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = '', prefix] = text.split('/');
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}
