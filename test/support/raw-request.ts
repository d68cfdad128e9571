// Bytes on a socket and the answers that came back, for what no HTTP client would send.

import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** The body read as JSON; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read members of any answer
  readonly json: any;
}

export interface RawOptions {
  /** How many answers to wait for; then the connection is closed from here. */
  readonly answers?: number;
  /** After this many milliseconds without an answer the sending side is closed. */
  readonly endAfterMs?: number;
  /** Rejects after this long: a hang. */
  readonly hangMs?: number;
}

/**
 * Sends the bytes (a text is sent as Latin-1) and resolves with the answers, interim ones (1xx)
 * left out, as soon as there are enough or the server has closed the connection.
 */
export function sendRaw(
  url: string,
  bytes: string | Buffer,
  options: RawOptions = {},
): Promise<RawAnswer[]> {
  const { answers: wanted = 1, endAfterMs, hangMs = 15_000 } = options;
  const { hostname, port } = new URL(url);
  const sent = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const isHead = /^[\r\n]*HEAD /.test(sent.toString('latin1'));
  return new Promise((resolve, reject) => {
    let received = '';
    let end: NodeJS.Timeout | undefined;
    const socket = connect(Number(port), hostname, () => {
      socket.write(sent);
      if (endAfterMs !== undefined) end = setTimeout(() => socket.end(), endAfterMs);
    });
    const hang = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer and no close in ${hangMs} ms to ${describe(sent)}`));
    }, hangMs);
    socket.on('data', (part) => {
      received += part.toString('latin1');
      if (answersIn(received, isHead, wanted).length === wanted) socket.destroy();
    });
    // A reset is one of the ways in which a server closes a connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(hang);
      clearTimeout(end);
      resolve(answersIn(received, isHead, wanted));
    });
  });
}

/** The complete answers in what was received so far; what is no HTTP has the status NaN. */
function answersIn(received: string, isHead: boolean, wanted: number): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  while (answers.length < wanted) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return answers;
    const [statusLine, ...lines] = rest.slice(0, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(statusLine!)?.[1]);
    const headers = Object.fromEntries(lines.map(headerOf));
    const hasBody = !isHead && status >= 200 && status !== 204 && status !== 304;
    const bodyEnd = headEnd + 4 + (hasBody ? Number(headers['content-length']) : 0);
    if (bodyEnd > rest.length) return answers;

    const text = Buffer.from(rest.slice(headEnd + 4, bodyEnd), 'latin1').toString('utf8');
    const isInterim = status >= 100 && status < 200;
    if (!isInterim) answers.push({ status, headers, text, json: parsed(text, headers) });
    rest = rest.slice(bodyEnd);
  }
  return answers;
}

/** The head of a request: its line, the headers, and the empty line after them. */
export function head(line: string, headers: Record<string, string | number>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}\r\n${lines.join('')}\r\n`;
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function parsed(text: string, headers: Record<string, string>): unknown {
  if (headers['content-type'] !== 'application/json; charset=utf-8') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe(sent: Buffer): string {
  const text = sent.toString('latin1');
  return `${JSON.stringify(text.slice(0, 400))} (${text.length} bytes)`;
}
