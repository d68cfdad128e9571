// What the screen pop answers, for the OpenAPI document: pages, whatever happens.

import { Type } from 'typebox';
import { failures } from './error-answers.js';

const page = (description: string) => ({
  description,
  content: { 'text/html': { schema: Type.String() } },
});

export const popAnswers = {
  200: page('The page with what the agent handed over.'),
  202: page('A page that says that nothing was handed over yet, and looks again by itself.'),
  403: page('A page that says that it was fetched ahead of time, which opens nothing.'),
  404: page('A page that says that the link does not open. The same whatever the reason.'),
  429: page(
    'A page that says that too many pages were asked for, from this address or with the key.',
  ),
  500: page('A page that says that the server has failed.'),
  503: page('A page that says that the server cannot answer now, and looks again by itself.'),
  ...failures('headers_too_large'),
};
