// The data of a handoff laid out for people: lists of definitions, tables and lists, as deep as it is.

import type { JsonTree, TreeMember } from '../json-tree.js';
import { type Html, html } from './html.js';
import { labelOf } from './pop-labels.js';
import { clamped, visible } from './pop-text.js';
import { readableTime } from './pop-times.js';

/** What is shown at first of many members or elements. */
const membersShown = 60;
const elementsShown = 30;
/** A table with more columns would not fit. */
const columnsMax = 6;
/** Deeper ones are not moved in any further, so that something is left of a narrow screen. */
const levelsIndented = 5;

/** The members of an object; `now` is what times are told by. */
export function definitions(members: readonly TreeMember[], now: number, level = 1): Html {
  const rows = members.map(
    ({ name, value }) =>
      html`<div><dt>${clamped(labelOf(name))}</dt><dd>${laidOut(value, now, level)}</dd></div>`,
  );
  const place = level > levelsIndented ? 'deep' : 'inner';
  return folded(rows, membersShown, 'members', (some) =>
    level === 1 ? html`<dl>${some}</dl>` : html`<dl class="${place}">${some}</dl>`,
  );
}

export function laidOut(value: JsonTree, now: number, level = 1): Html {
  switch (value.kind) {
    case 'object':
      if (value.members.length === 0) return nothing('No members');
      return definitions(value.members, now, level + 1);
    case 'list':
      if (value.elements.length === 0) return nothing('Empty list');
      return listOf(value.elements, now, level + 1);
    case 'text':
      return textOf(value.text, now);
    case 'number':
      return clamped(value.text);
    case 'withheld':
      return withheld(value.text);
    case 'boolean':
      return html`${value.value ? 'Yes' : 'No'}`;
    case 'null':
      return nothing('No value');
  }
}

/** What a mask leaves is dots, and at most the last characters. */
export function withheld(left: string): Html {
  const last = left.replace(/^•+/, '');
  const end = last === '' ? html`` : html`, ends in <bdi>${visible(last)}</bdi>`;
  return html`<span class="withheld">Withheld${end}</span>`;
}

/** Whether it is laid out over several lines. */
export function isGroup(value: JsonTree): boolean {
  if (value.kind === 'object') return value.members.length > 0;
  return value.kind === 'list' && value.elements.length > 0;
}

function nothing(what: string): Html {
  return html`<span class="nothing">${what}</span>`;
}

function textOf(text: string, now: number): Html {
  if (text === '') return nothing('Empty text');
  if (text.trim() === '') return html`${clamped(text)} ${nothing('Only white space')}`;
  const readable = readableTime(text, now);
  if (readable === undefined) return clamped(text);
  // A date alone says no less in words.
  if (text.length === 10) return readable;
  return html`${readable} <span class="written">${text}</span>`;
}

function listOf(elements: readonly JsonTree[], now: number, level: number): Html {
  const columns = columnsOf(elements);
  if (columns !== undefined) return tableOf(elements, columns, now);
  const items = elements.map((element) => html`<li>${laidOut(element, now, level)}</li>`);
  const place = level > levelsIndented ? 'deep' : 'inner';
  return folded(items, elementsShown, 'entries', (some) => html`<ul class="${place}">${some}</ul>`);
}

/** The names of all members, where the elements are objects of the same few plain ones. */
function columnsOf(elements: readonly JsonTree[]): string[] | undefined {
  const columns = new Set<string>();
  for (const element of elements) {
    if (element.kind !== 'object' || element.members.some(({ value }) => isGroup(value))) {
      return undefined;
    }
    for (const { name } of element.members) columns.add(name);
    if (columns.size > columnsMax) return undefined;
  }
  return elements.length > 1 && columns.size > 0 ? [...columns] : undefined;
}

function tableOf(rows: readonly JsonTree[], columns: readonly string[], now: number): Html {
  const heads = columns.map((name) => html`<th scope="col">${clamped(labelOf(name))}</th>`);
  const lines = rows.map((row) => {
    const members = row.kind === 'object' ? row.members : [];
    const cells = columns.map((column) => {
      const member = members.find(({ name }) => name === column);
      const shown = member === undefined ? nothing('–') : laidOut(member.value, now);
      return html`<td>${shown}</td>`;
    });
    return html`<tr>${cells}</tr>`;
  });
  return folded(
    lines,
    elementsShown,
    'entries',
    (some) => html`<div class="wide" role="group" aria-label="Table" tabindex="0">
<table><thead><tr>${heads}</tr></thead><tbody>${some}</tbody></table></div>`,
  );
}

/** The first of many, and the rest where a person asks for it. */
export function folded(
  all: readonly Html[],
  shown: number,
  what: string,
  around: (some: readonly Html[]) => Html,
): Html {
  // Two or three more take no more room than the offer to show them.
  if (all.length <= shown + 3) return around(all);
  const rest = all.slice(shown);
  return html`${around(all.slice(0, shown))}
<details class="rest"><summary>Show all ${all.length.toLocaleString('en')} ${what}</summary>
${around(rest)}</details>`;
}
