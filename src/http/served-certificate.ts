// TLS of all the server's ports: one certificate, taken over from its files when they change.
// Connections that are open go on with the one that they began with.

import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import { dirname } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import { limits } from '../limits.js';
import { repeat } from '../repeat.js';
import {
  periodFault,
  readTlsCertificate,
  type TlsCertificate,
  timeText,
} from '../tls-certificate.js';

/** Finds what a watch of a directory misses: network file systems, a replaced directory. */
const pollMs = 3_000;
/** Time for the second file of a pair to be written after the first. */
const settleMs = 200;

export class ServedCertificate {
  readonly #certFile: string;
  readonly #keyFile: string;
  readonly #log: Logger;
  readonly #servers: ReturnType<typeof createServer>[] = [];
  #inForce: TlsCertificate;
  #filesSeen = '';

  /** Throws a plain error of one sentence where the files cannot be used. */
  constructor(certFile: string, keyFile: string, log: Logger) {
    this.#certFile = certFile;
    this.#keyFile = keyFile;
    this.#log = log;
    this.#inForce = readTlsCertificate(certFile, keyFile);
    this.#warnOfPeriod();
  }

  createServer(options: ServerOptions, listener: RequestListener): Server {
    // Also bounds who connects and never greets: the limits of HTTP begin after that.
    const tlsOptions = { ...secureOptions(this.#inForce), handshakeTimeout: limits.headersMsMax };
    const server = createServer({ ...options, ...tlsOptions }, listener);
    this.#servers.push(server);
    return server;
  }

  /** Takes over what the files hold; where that cannot be used, says so and changes nothing. */
  reload(): void {
    try {
      const read = readTlsCertificate(this.#certFile, this.#keyFile);
      if (read.cert === this.#inForce.cert && read.key === this.#inForce.key) return;
      for (const server of this.#servers) server.setSecureContext(secureOptions(read));
      this.#inForce = read;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ reason }, 'the new TLS files cannot be used: the old certificate stays');
      return;
    }
    this.#log.info(
      { ends_at: timeText(this.#inForce.endsAt) },
      'a new TLS certificate is in force',
    );
    this.#warnOfPeriod();
  }

  /** Reloads whenever the files change, until the returned function is called. */
  watch(): () => Promise<void> {
    let settling: NodeJS.Timeout | undefined;
    const onEvent = () => {
      settling ??= setTimeout(() => {
        settling = undefined;
        void this.#reloadChanged();
      }, settleMs);
    };
    const directories = new Set([dirname(this.#certFile), dirname(this.#keyFile)]);
    const watchers = [...directories].map((directory) => watchDirectory(directory, onEvent));
    const look = () => this.#reloadChanged();
    const stopPolling = repeat(pollMs, this.#log, 'look at the TLS files', look);

    return async () => {
      for (const watcher of watchers) watcher?.close();
      clearTimeout(settling);
      await stopPolling();
    };
  }

  async #reloadChanged(): Promise<void> {
    const files = [this.#certFile, this.#keyFile];
    const seen = (await Promise.all(files.map(fingerprint))).join(' ');
    if (seen === this.#filesSeen) return;
    this.#filesSeen = seen;
    this.reload();
  }

  #warnOfPeriod(): void {
    const fault = periodFault(this.#inForce, Date.now());
    if (fault !== null) this.#log.warn(`--tls-cert: the certificate ${fault.found}; renew it.`);
  }
}

/** Forward secret and authenticated ones alone; of TLS 1.2 those that Mozilla calls intermediate. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

function secureOptions({ cert, key }: TlsCertificate): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers };
}

/** Null where the system has no watch to give: then the files are found changed a little later. */
function watchDirectory(directory: string, onEvent: () => void): FSWatcher | null {
  try {
    const watcher = watch(directory, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

/** Of the file that the path leads to now, whichever links are on the way; not of its content. */
async function fingerprint(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join('-');
  } catch {
    return 'none';
  }
}
