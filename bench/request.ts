// HTTP requests as text: the same for every load generator and for our own connections.

export interface Request {
  readonly origin: string;
  readonly method: 'GET' | 'PUT';
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `length` counts the bytes of the body that is sent, where the text is a template of it. */
export function requestText(request: Request, length = byteLength(request)): string {
  const { origin, method, path, headers, body = '' } = request;
  const fields = { Host: new URL(origin).host, ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  if (length > 0) lines.push(`Content-Length: ${length}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

function byteLength({ body = '' }: Request): number {
  return Buffer.byteLength(body);
}
