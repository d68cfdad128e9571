// The page of the screen pop: who is calling and why, then all that the agent handed over.

import { jsonMembers } from '../json-parts.js';
import { namesOfPointer } from '../json-pointer.js';
import { type TreeMember, treeOfJson } from '../json-tree.js';
import { type Html, html } from './html.js';
import { type Finding, type Findings, findCaller } from './pop-caller.js';
import { definitions, folded, isGroup, laidOut, withheld } from './pop-data.js';
import { popDocument } from './pop-document.js';
import { labelOf } from './pop-labels.js';
import { clamped, joined, shortened, visible } from './pop-text.js';
import { agoText, timeElement } from './pop-times.js';

/** What a page is made of. Times are milliseconds since 1970. */
export interface PopState {
  /** The body of a look-up's answer, as far as the key sees it. */
  readonly body: string;
  /** Pointers to what was masked in it, and to what was left out of it. */
  readonly masked: readonly string[];
  readonly leftOut: readonly string[];
  readonly now: number;
  readonly writtenAt: number;
  /** Null: not for this key. */
  readonly updatedAt: number | null;
  readonly expiresAt: number;
  readonly linkExpiresAt: number;
  readonly change: 'changed' | 'unchanged';
  /** What the link has known the state since: that it was made, or was first opened. */
  readonly since: 'made' | 'opened';
}

/** A heading holds no more. */
const headingCharacters = 80;
const sectionsShown = 24;
const leftOutShown = 40;

export function popPage(state: PopState): string {
  const members = jsonMembers(state.body);
  const data = treeOfJson(members.get('data')!.text, state.masked);
  const all = data.kind === 'object' ? data.members : [];
  const findings = findCaller(data);
  const above = shownAbove(findings);
  const rest = all.filter(({ name }) => !above.has(name));
  const plain = rest.filter(({ value }) => !isGroup(value));
  const groups = rest.filter(({ value }) => isGroup(value));

  return popDocument(
    'Handoff',
    html`${header(state, findings)}
<main>
${plain.length === 0 ? html`` : card('Details', definitions(plain, state.now))}
${folded(
  groups.map((group) => groupCard(group, state.now)),
  sectionsShown,
  'sections',
  cards,
)}
${all.length === 0 ? card('Details', html`<p>The agent handed over no data.</p>`) : html``}
${leftOutCard(state.leftOut)}
</main>
${footer(state, members)}`,
  );
}

function header(state: PopState, findings: Findings): Html {
  const { name, phone, email, reason, summary } = findings;
  const ways = [phone, email].filter((way) => way !== undefined);
  const who = name ?? ways.shift();
  return html`<header>
<p class="over">Handed over ${agoText(state.writtenAt, state.now)}</p>
<h1>${who === undefined ? unnamed(state) : oneLine(who)}</h1>
${ways.length === 0 ? html`` : html`<p class="ways">${joined(ways.map(oneLine), html`<span class="dot"> · </span>`)}</p>`}
${reason === undefined ? html`` : said('Why', 'why', reason)}
${summary === undefined ? html`` : said('Summary', 'summary', summary)}
${freshness(state)}
</header>`;
}

/** Of what the top of the page shows whole: it need not stand below again. */
function shownAbove(findings: Findings): Set<string> {
  const { name, phone, email, reason, summary } = findings;
  const short = [name, phone, email].filter((finding) => finding !== undefined && isShort(finding));
  const whole = [...short, reason, summary].filter((finding) => finding !== undefined);
  return new Set(whole.flatMap(({ path }) => (path.length === 1 ? path : [])));
}

function isShort({ text, isWithheld }: Finding): boolean {
  return isWithheld || shortened(text, headingCharacters) === text;
}

function unnamed({ leftOut }: PopState): string {
  return leftOut.length === 0 ? 'Caller not named' : 'Caller not shown';
}

function oneLine({ text, isWithheld }: Finding): Html {
  if (isWithheld) return withheld(text);
  const start = shortened(text, headingCharacters);
  return html`<bdi>${visible(start)}${start === text ? '' : '…'}</bdi>`;
}

function said(label: string, kind: string, { text, isWithheld }: Finding): Html {
  const shown = isWithheld ? withheld(text) : clamped(text);
  return html`<div class="${kind}"><h2>${label}</h2><div>${shown}</div></div>`;
}

function freshness(state: PopState): Html {
  const { now, writtenAt, updatedAt, expiresAt, change, since } = state;
  const event = since === 'made' ? 'this link was made' : 'this link was first opened';
  const changed =
    change === 'changed'
      ? html`<strong class="changed">Changed</strong> since ${event}`
      : html`Not changed since ${event}`;
  const when =
    updatedAt === null || updatedAt <= writtenAt
      ? html``
      : html`<small>Last change ${agoText(updatedAt, now)}, ${timeElement(updatedAt)}</small>`;
  return html`<ul class="facts">
<li>Written ${agoText(writtenAt, now)}<small>${timeElement(writtenAt)}</small></li>
<li>${changed}${when}</li>
<li>Expires ${agoText(expiresAt, now)}<small>${timeElement(expiresAt)}</small></li>
</ul>`;
}

function card(title: string, content: Html): Html {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

function cards(some: readonly Html[]): Html {
  return some.length === 0 ? html`` : html`<div class="cards">${some}</div>`;
}

function groupCard({ name, value }: TreeMember, now: number): Html {
  const title = shortened(labelOf(name), headingCharacters);
  const content = value.kind === 'object' ? definitions(value.members, now) : laidOut(value, now);
  return html`<section><h2><bdi>${visible(title)}</bdi></h2>${content}</section>`;
}

/** Of a key that sees only what it lists; what a mask covers stands in its place. */
function leftOutCard(pointers: readonly string[]): Html {
  if (pointers.length === 0) return html``;
  if (pointers.includes('')) return card('Withheld', html`<p>This link shows no data.</p>`);
  const items = pointers.map((pointer) => {
    const labels = namesOfPointer(pointer).map(labelOf);
    return html`<li>${clamped(labels.join(' › '))}</li>`;
  });
  return card(
    'Withheld',
    html`<p>This link does not show:</p>${folded(items, leftOutShown, 'entries', (some) => html`<ul class="names">${some}</ul>`)}`,
  );
}

function footer(state: PopState, members: ReturnType<typeof jsonMembers>): Html {
  const names = [
    ['Conversation', 'id'],
    ['Shared id', 'shared_id'],
  ].flatMap(([label, name]) => {
    const value = members.get(name!);
    if (value === undefined) return [];
    const text = treeOfJson(value.text);
    return [html`<div><dt>${label!}</dt><dd>${laidOut(text, state.now)}</dd></div>`];
  });
  return html`<footer>
<dl>${names}</dl>
<p>As of ${timeElement(state.now)}; reload for what is newer. This link ends
${agoText(state.linkExpiresAt, state.now)}.</p>
</footer>`;
}
