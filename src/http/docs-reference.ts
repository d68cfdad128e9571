// The tables of the page at /docs that hold for every call: headers, errors, limits.

import { type ErrorCode, statusOfCode } from '../error.js';
import { limits } from '../limits.js';
import { errorMeanings } from './error-meanings.js';
import { breakable, type Html, html, prose } from './html.js';
import type { OpenApiDocument } from './openapi-document.js';

export function headersSection(document: OpenApiDocument): Html {
  const { headers } = document.components;
  return html`<section aria-labelledby="headers">
<h2 id="headers">Headers</h2>
<p>Of answers. Those that a call takes stand beside it.</p>
<dl class="rows">
${Object.entries(headers).map(
  ([name, { description, example }]) => html`<dt id="${name}"><code>${name}</code></dt>
<dd>${prose(description)} <span class="quiet"><code>${String(example)}</code></span></dd>`,
)}
</dl>
</section>`;
}

const errorBody = `{
  "error_message": "${errorMeanings.invalid_request.example}",
  "error_code": "invalid_request",
  "error_id": "3f9c0d1e7a42-1k"
}`;

export const errorsSection = html`<section aria-labelledby="errors">
<h2 id="errors">Errors</h2>
<p>${prose(
  'Every error of every path has this body. Act on `error_code`; `error_message` is one sentence ' +
    'for a person; `error_id` is the `X-Request-Id` of the answer and stands in the log.',
)}</p>
<pre tabindex="0"><code>${errorBody}</code></pre>
<dl class="rows">
${(Object.keys(statusOfCode) as ErrorCode[]).map(
  (code) => html`<dt id="${code}"><code>${breakable(code, '_')}</code>
<span class="kind">${statusOfCode[code]}</span></dt>
<dd>${prose(errorMeanings[code].when)}</dd>`,
)}
</dl>
<p>${prose(
  'A missing state is ordinary: the call ended without a handoff, or the look-up came first. Try ' +
    'again after 429 and 503; do not after any other 4xx.',
)}</p>
</section>`;

const limitRows: readonly (readonly [string, string])[] = [
  ['Request body', bytes(limits.bodyBytesMax)],
  ['`data`, as UTF-8 without white space', bytes(limits.dataBytesMax)],
  ['Levels of nesting in `data`, itself the first', count(limits.dataLevelsMax)],
  ['Members of all objects in `data` together', count(limits.dataMembersMax)],
  ['`id`, `shared_id`, alias', `1 to ${count(limits.nameCodePointsMax)} code points`],
  ['Aliases of a state', count(limits.aliasesMax)],
  ['Request line and headers together', bytes(limits.headerBytesMax)],
  ['Time for the headers to arrive', span(limits.headersMsMax / 1000)],
  ['Time for a whole request to arrive', span(limits.requestMsMax / 1000)],
  [
    'Retention of a project',
    `${span(limits.retentionSecondsMin)} to ${span(limits.retentionSecondsMax)}; ` +
      `${span(limits.retentionSecondsDefault)} unless set`,
  ],
  ['`ttl_seconds`', "1 second to the project's retention"],
  [
    'Pickup deadline of a project',
    `${span(limits.pickupDeadlineSecondsMin)} to ${span(limits.pickupDeadlineSecondsMax)}; ` +
      `${span(limits.pickupDeadlineSecondsDefault)} unless set`,
  ],
  ['Sensitive fields of a project', count(limits.sensitiveFieldsMax)],
  ['Pointers of a `view`', count(limits.allowedPointersMax)],
  [
    'JSON Pointer into `data`',
    `${count(limits.pointerCodePointsMax)} code points, ${limits.pointerLevelsMax} levels`,
  ],
  ['Wait of a look-up', `up to ${span(limits.waitSecondsMax)}`],
  [
    'Look-ups that wait at once',
    `${count(limits.waitersPerKeyMax)} a key, ${count(limits.waitersPerNodeMax)} a server`,
  ],
  ['Items of a page', `1 to ${limits.listItemsMax}; ${limits.listItemsDefault} unless set`],
  ['How long an ended state is told from none', span(limits.tombstoneSeconds)],
  ['Overlap of a rotated key', `up to ${span(limits.rotationOverlapSecondsMax)}`],
];

export const limitsSection = html`<section aria-labelledby="limits">
<h2 id="limits">Limits</h2>
<table>
<thead><tr><th scope="col">What</th><th scope="col">How much</th></tr></thead>
<tbody>
${limitRows.map(
  ([what, much]) => html`<tr><th scope="row">${prose(what)}</th><td>${much}</td></tr>`,
)}
</tbody>
</table>
<p>${prose('Members that repeat in one object, or that are named `__proto__`, are refused.')}</p>
</section>`;

function bytes(number: number): string {
  return `${number / 1024} KiB`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function span(seconds: number): string {
  const [size, unit] =
    seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 60 === 0 ? [60, 'minute'] : [1, 'second'];
  const number = seconds / size;
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
