// A certificate that changes while the server runs: taken over, or refused, with nobody cut off.

import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { makeCertificate } from './support/certificate.js';
import { send } from './support/request.js';
import { startServer, type TestServer } from './support/server.js';
import { temporaryDirectory } from './support/test-config.js';
import { connectTls, shownName, writeTlsFiles } from './support/tls-files.js';

const inForce = 'a new TLS certificate is in force';
const refused = 'the new TLS files cannot be used: the old certificate stays';
const first = makeCertificate({ commonName: 'first' });
const second = makeCertificate({ commonName: 'second' });
const directory = temporaryDirectory();
let server: TestServer;
afterEach(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
});

/** The lines that were logged with this message. */
function logged(message: string): { reason?: string }[] {
  return server.log
    .map((line): { msg: string; reason?: string } => JSON.parse(line))
    .filter(({ msg }) => msg === message);
}

async function untilLogged(message: string, times = 1): Promise<void> {
  const isThere = () => logged(message).length;
  await expect.poll(isThere, { timeout: 10_000, interval: 20 }).toBe(times);
}

/** Sends a request on a connection that stays open, and resolves with the status of its answer. */
async function ask(socket: TLSSocket): Promise<number> {
  socket.write('GET /livez HTTP/1.1\r\nHost: baton\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return Number(answer.toString('latin1').split(' ')[1]);
}

/** A directory with each of the two pairs. */
function writePairs(): void {
  for (const [name, pair] of [['one', first] as const, ['two', second] as const]) {
    mkdirSync(join(directory, name));
    writeTlsFiles(pair, join(directory, name));
  }
}

/** Lets the link `data` lead to this directory, in one step. */
function followLink(name: string): void {
  symlinkSync(name, join(directory, 'next'));
  renameSync(join(directory, 'next'), join(directory, 'data'));
}

/** Writes a file anew in one step. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

test('a new pair is shown to new connections, on all ports; old connections go on', async () => {
  const { config } = writeTlsFiles(first, directory);
  server = await startServer({ ...config, metricsPort: 0 });
  const kept = await connectTls(server.url);
  expect(await ask(kept)).toBe(200);

  writeTlsFiles(second, directory);
  await untilLogged(inForce);
  expect(await shownName(server.url)).toBe('second');
  expect(await shownName(server.serving.metricsUrl!)).toBe('second');
  expect(await ask(kept)).toBe(200);
  expect(kept.getPeerCertificate().subject.CN).toBe('first');
  kept.destroy();
  expect(logged(refused)).toEqual([]);
});

test('no request fails while certificates come and go', async () => {
  const { config } = writeTlsFiles(first, directory);
  server = await startServer(config);
  const ca = first.cert + second.cert;
  const over = new AbortController();
  const clients = Array.from({ length: 4 }, async () => {
    let answered = 0;
    for (; !over.signal.aborted; answered++) {
      expect((await send(`${server.url}/livez`, { ca })).status).toBe(200);
    }
    return answered;
  });
  for (let times = 1; times <= 6; times++) {
    writeTlsFiles(times % 2 === 1 ? second : first, directory);
    await untilLogged(inForce, times);
  }
  over.abort();
  for (const answered of await Promise.all(clients)) expect(answered).toBeGreaterThan(6);
  // Sooner than without a watch, by looking at the files now and then.
}, 10_000);

test('a swapped link is followed, as an orchestrator swaps it for a whole pair', async () => {
  writePairs();
  symlinkSync('one', join(directory, 'data'));
  for (const name of ['cert.pem', 'key.pem']) symlinkSync(`data/${name}`, join(directory, name));
  const tlsCert = join(directory, 'cert.pem');
  server = await startServer({ tlsCert, tlsKey: join(directory, 'key.pem') });

  followLink('two');
  await untilLogged(inForce);
  expect(await shownName(server.url)).toBe('second');
  expect(logged(refused)).toEqual([]);
});

test('a change that no watch tells of is found a few seconds later', async () => {
  writePairs();
  symlinkSync('one', join(directory, 'data'));
  const tlsCert = join(directory, 'data', 'cert.pem');
  server = await startServer({ tlsCert, tlsKey: join(directory, 'data', 'key.pem') });

  // The watch stays with the directory that the link led to.
  followLink('two');
  await untilLogged(inForce);
  expect(await shownName(server.url)).toBe('second');
});

test('what cannot be used is told, and the old one stays until a usable one comes', async () => {
  const { config } = writeTlsFiles(first, directory);
  server = await startServer(config);

  replaceFile(config.tlsCert, second.cert.slice(0, 200));
  await untilLogged(refused, 1);
  // What else happens beside the files is no reason to tell it again.
  for (let count = 0; count < 50; count++) {
    writeFileSync(join(directory, 'other'), String(count));
    expect(await shownName(server.url)).toBe('first');
  }
  replaceFile(config.tlsCert, second.cert);
  await untilLogged(refused, 2);
  expect(await shownName(server.url)).toBe('first');
  rmSync(config.tlsKey);
  await untilLogged(refused, 3);
  expect(logged(refused).map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^--tls-cert: the file .* holds no certificate/),
    expect.stringMatching(/^--tls-key: the key in .* is not that of the first certificate in/),
    expect.stringMatching(/^--tls-key: the file .* cannot be read \(ENOENT\)/),
  ]);

  replaceFile(config.tlsKey, second.key);
  await untilLogged(inForce);
  expect(await shownName(server.url)).toBe('second');
});
