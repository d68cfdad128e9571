// Reads the text of each kind of configuration value.
// Every `read…` takes the option's name for its error, an `invalid_request` of one sentence.

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseDatabaseUrl } from './database-url.js';
import { type BatonError, invalidRequest } from './error.js';
import { isHost } from './host-name.js';
import { regionPattern } from './key.js';
import { limits } from './limits.js';
import { parseMasterKey, splitMasterKeys } from './master-key.js';
import { nearest } from './nearest.js';
import { parseRate, type Rate } from './token-bucket.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const portMax = 65_535;

export function readHost(name: string, text: string): string {
  if (isHost(text)) return text;
  throw misfit(
    name,
    text,
    'neither an address nor a host name',
    'give one such as 127.0.0.1, :: or localhost, without scheme, brackets or port',
  );
}

export function readPort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= portMax) return port;
  throw misfit(name, text, 'no port', `give a whole number from 0 to ${portMax} (0: any free one)`);
}

/** An absolute path, so that messages and `baton config` say where things are. */
export function readPath(name: string, text: string): string {
  if (text.trim() !== '' && !text.includes('\0')) return resolve(text);
  throw misfit(name, text, 'no path', 'give the path of a file or directory');
}

/** A path, and never the PEM text itself: what is taken for a path is shown in messages. */
export function readPemPath(name: string, text: string): string {
  if (!/-----|\n/.test(text)) return readPath(name, text);
  throw misfit(name, text, 'no path', 'put the PEM text into a file and give the path of that');
}

export function readRegion(name: string, text: string): string {
  if (new RegExp(regionPattern).test(text)) return text;
  throw misfit(
    name,
    text,
    'no region',
    'give 1 to 32 lower-case letters, digits and inner hyphens, such as us-1',
  );
}

export function readLogLevel(name: string, text: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === text);
  if (level !== undefined) return level;
  const meant = nearest(text, logLevels);
  const question = meant === undefined ? '' : `did you mean ${meant}? `;
  throw misfit(name, text, 'no log level', `${question}give one of ${logLevels.join(', ')}`);
}

/** Comma-separated origins as browsers send them (RFC 6454, section 6.1). */
export function readOrigins(name: string, text: string): readonly string[] {
  const origins = text.split(',').map((part) => part.trim());
  for (const [index, origin] of origins.entries()) {
    if (URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).origin === origin) {
      continue;
    }
    throw misfit(
      name,
      origin,
      `no origin at place ${index + 1}`,
      'give scheme, host and port only, such as https://desk.example.com, in lower case',
    );
  }
  return [...new Set(origins)];
}

/** Comma-separated addresses and ranges, such as 10.0.0.7 and 10.0.0.0/8. */
export function readAddresses(name: string, text: string): readonly string[] {
  const addresses = text.split(',').map((part) => part.trim());
  for (const [index, address] of addresses.entries()) {
    if (isAddressOrRange(address)) continue;
    throw misfit(
      name,
      address,
      `no address or range at place ${index + 1}`,
      'give addresses such as 10.0.0.7 or fd00::7, and ranges such as 10.0.0.0/8, of which none ' +
        'is all addresses',
    );
  }
  return [...new Set(addresses)];
}

// An address with a zone is none of another machine's, and /0 would be everybody.
function isAddressOrRange(text: string): boolean {
  const [, address = '', prefix] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (prefix === undefined || Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Judged only, and kept as text: what connects reads it again. */
export function readDatabaseUrl(name: string, text: string): string {
  parseDatabaseUrl(text, name);
  return text;
}

export function readDatabasePool(name: string, text: string): number {
  const { databasePoolMin: least, databasePoolMax: most } = limits;
  const connections = Number(text);
  if (/^\d{1,9}$/.test(text) && connections >= least && connections <= most) return connections;
  throw misfit(name, text, 'no number of connections', `give one from ${least} to ${most}`);
}

/** Reads `PER_SECOND:BURST`, or `off`. */
export function readRate(name: string, text: string): Rate {
  const rate = parseRate(text, limits.rateMax);
  if (rate !== undefined) return rate;
  throw misfit(
    name,
    text,
    'no rate',
    'give requests a second and the burst beyond, such as 100:1000, or off',
  );
}

export function readConnections(name: string, text: string): number {
  return readCount(name, text, 'connections', limits.connectionsMax);
}

export function readMebibytes(name: string, text: string): number {
  return readCount(name, text, 'MiB', limits.bodyMemoryMebibytesMax);
}

function readCount(name: string, text: string, unit: string, most: number): number {
  const count = Number(text);
  if (/^\d{1,9}$/.test(text) && count >= 1 && count <= most) return count;
  throw misfit(name, text, `no number of ${unit}`, `give one from 1 to ${most}`);
}

export function readMasterKey(name: string, text: string): string {
  if (splitMasterKeys(text).every((part) => parseMasterKey(part) !== undefined)) return text;
  throw misfit(name, text, 'no master key', 'give 64 hexadecimal digits or the base64 of 32 bytes');
}

/** A shell command; what it prints is looked at when it has run. */
export function readCommand(name: string, text: string): string {
  if (!text.includes('\0')) return text;
  throw misfit(name, text, 'no command', 'give a command for /bin/sh that prints the master key');
}

function misfit(name: string, text: string, what: string, cure: string): BatonError {
  return invalidRequest(
    `${name}: found text of ${text.length} characters that is ${what}; ${cure}.`,
  );
}
