// Who is calling and why, guessed by the names of members: what stands at the top of a screen pop.
// docs/screen-pop.md tells agents' developers how to be found by it.

import type { JsonTree } from '../json-tree.js';
import { wordsOf } from './pop-labels.js';

export const roles = ['name', 'phone', 'email', 'reason', 'summary'] as const;
export type Role = (typeof roles)[number];

/** A member that says it, by the names on the way to it. */
export interface Finding {
  readonly path: readonly string[];
  readonly text: string;
  readonly isWithheld: boolean;
}
export type Findings = Partial<Record<Role, Finding>>;

const people = ['caller', 'customer', 'contact', 'client', 'user', 'member', 'guest', 'patient'];
/** `name`, `caller name`, `customer name` and so on, in this order. */
const ofPeople = (...things: string[]) =>
  things.flatMap((thing) => [...people.map((person) => `${person} ${thing}`), thing]);

/** The words of paths by role, what is surest first. */
const names: Readonly<Record<Role, readonly string[]>> = {
  name: [...ofPeople('full name', 'display name', 'name'), ...people],
  phone: [
    ...ofPeople('phone', 'phone number', 'mobile', 'mobile number', 'telephone'),
    'caller number',
    'callback number',
    'caller id',
    'ani',
    'from number',
    'msisdn',
  ],
  email: ofPeople('email', 'email address', 'mail'),
  reason: [
    'reason',
    'reason for call',
    'call reason',
    'contact reason',
    'intent',
    'topic',
    'issue',
    'purpose',
    'problem',
    'subject',
    'request',
    'query',
    'question',
    'handoff reason',
    'transfer reason',
    'escalation reason',
    'call type',
  ],
  summary: [
    'summary',
    'call summary',
    'conversation summary',
    'handoff summary',
    'ai summary',
    'synopsis',
    'abstract',
    'description',
    'notes',
    'note',
  ],
};

/** Members further in are about something else. */
const levelsMax = 3;

export function findCaller(data: JsonTree): Findings {
  const byWords = new Map<string, Finding>();
  collect(data, [], byWords);
  const findings: Findings = {};
  for (const role of roles) {
    const found = names[role].find((name) => byWords.has(name));
    if (found !== undefined) findings[role] = byWords.get(found)!;
  }
  return { ...nameInParts(byWords), ...findings };
}

/** The first of equal ones, and what lies further out before what lies further in. */
function collect(tree: JsonTree, path: readonly string[], found: Map<string, Finding>): void {
  if (tree.kind !== 'object' || path.length >= levelsMax) return;
  for (const { name, value } of tree.members) {
    const isSaid = value.kind === 'text' || value.kind === 'number' || value.kind === 'withheld';
    if (!isSaid || value.text.trim() === '') continue;
    const way = [...path, name];
    const words = way.flatMap(wordsOf).join(' ');
    const finding = { path: way, text: value.text, isWithheld: value.kind === 'withheld' };
    if (!found.has(words)) found.set(words, finding);
  }
  for (const { name, value } of tree.members) collect(value, [...path, name], found);
}

const firstNames = ofPeople('first name', 'given name', 'forename');
const lastNames = ofPeople('last name', 'family name', 'surname');

function nameInParts(byWords: ReadonlyMap<string, Finding>): Findings {
  const [first, last] = [firstNames, lastNames].map((these) =>
    these.map((name) => byWords.get(name)).find((finding) => finding !== undefined),
  );
  if (first === undefined || last === undefined) return {};
  if (first.isWithheld || last.isWithheld) return {};
  return { name: { path: [], text: `${first.text} ${last.text}`, isWithheld: false } };
}
