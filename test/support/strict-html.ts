// A small reader of HTML that takes only what the templates of the screen pop write: anything else
// in a page came out of data.

/** The attributes that each element may have, and the values that these may have. */
const elements: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  html: { lang: /^en$/ },
  head: {},
  meta: {
    charset: /^utf-8$/,
    name: /^(?:viewport|format-detection|color-scheme)$/,
    'http-equiv': /^refresh$/,
    content: /^(?:2|light dark|[a-z]+=[a-z0-9-]+(?:, [a-z]+(?:-[a-z]+)?=[a-z0-9]+)*)$/,
  },
  title: {},
  style: {},
  body: {},
  header: {},
  main: { class: /^notice$/ },
  footer: {},
  section: {},
  h1: {},
  h2: {},
  p: { class: /^(?:over|ways)$/ },
  div: {
    class: /^(?:why|summary|cards|wide)$/,
    role: /^group$/,
    'aria-label': /^Table$/,
    tabindex: /^0$/,
  },
  dl: { class: /^(?:inner|deep)$/ },
  dt: {},
  dd: {},
  ul: { class: /^(?:inner|deep|facts|names)$/ },
  li: {},
  table: {},
  thead: {},
  tbody: {},
  tr: {},
  th: { scope: /^col$/ },
  td: {},
  bdi: { class: /^text(?: start)?$/ },
  span: { class: /^(?:dot|less|more|nothing|unseen|withheld|written)$/ },
  strong: { class: /^changed$/ },
  small: {},
  time: { datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
  details: { class: /^(?:long|rest)$/ },
  summary: {},
};

const empty = new Set(['meta']);
const tag = /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>&]*")*)>/y;

/** Throws where the page holds anything that the templates do not write, or is not well nested. */
export function readStrictly(page: string): void {
  const start = '<!doctype html>\n';
  if (!page.startsWith(start)) throw new Error('no doctype');
  const open: string[] = [];
  let at = start.length;
  while (at < page.length) {
    const end = page.indexOf('<', at);
    checkText(page.slice(at, end < 0 ? page.length : end), open.at(-1));
    if (end < 0) break;
    tag.lastIndex = end;
    const [all, slash, name, attributes] = tag.exec(page) ?? [];
    if (all === undefined) throw new Error(`no tag of ours: ${page.slice(end, end + 60)}`);
    checkElement(name!, attributes!);
    if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
    } else if (!empty.has(name!)) open.push(name!);
    at = end + all.length;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
}

function checkElement(name: string, attributes: string): void {
  const allowed = elements[name];
  if (allowed === undefined) throw new Error(`an element that is not ours: ${name}`);
  for (const [, attribute, value] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
    if (allowed[attribute!]?.test(value!) !== true) {
      throw new Error(`an attribute that is not ours: ${name} ${attribute}=${value}`);
    }
  }
}

/** Of the style sheet, which is no data, only that it holds no tag; and of the rest, no markup. */
function checkText(text: string, parent: string | undefined): void {
  if (parent === 'style') return;
  const strange = /[>"']|&(?!(?:amp|lt|gt|quot|#39);)/.exec(text);
  if (strange !== null) throw new Error(`text that is not escaped: ${strange[0]}`);
  const unseen = /(?!\n|\t)\p{Cc}|[\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
  if (unseen.test(text)) throw new Error('a character that is not seen');
}
