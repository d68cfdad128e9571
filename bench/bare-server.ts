// A program: the bare node:http server that look-ups are measured against. It sends one look-up's
// body with Content-Type and Content-Length and looks at nothing. Argument: the port.

import { createServer } from 'node:http';
import { answerTextOf, nameOf } from './states.js';

const body = answerTextOf(nameOf(0));
const headers = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': Buffer.byteLength(body),
};

createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1');
