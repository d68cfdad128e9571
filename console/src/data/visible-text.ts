// Text that callers and language models wrote, cut where characters stand that would not be seen.

/** A run of plain text, or one character that is shown by its number. */
export interface TextPart {
  readonly text: string;
  readonly isMark: boolean;
}

/**
 * Control characters (tab and line feed apart), what changes the direction of writing, what has
 * no width, tags and private use, and halves of pairs.
 */
const hidden =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Co}\p{Cs}\u{e0000}-\u{e0fff}]/u;

const joiners = new Set(['\u200c', '\u200d']);

export function textParts(text: string): TextPart[] {
  if (!hidden.test(text)) return text === '' ? [] : [{ text, isMark: false }];
  const parts: TextPart[] = [];
  let plain = '';
  for (const character of text) {
    if (!isMarked(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') parts.push({ text: plain, isMark: false });
    plain = '';
    parts.push({ text: markOf(character), isMark: true });
  }
  if (plain !== '') parts.push({ text: plain, isMark: false });
  return parts;
}

/** The same as one text, for where no element can stand. */
export function markedText(text: string): string {
  return textParts(text)
    .map((part) => (part.isMark ? `‹${part.text}›` : part.text))
    .join('');
}

/** Joiners belong to many scripts and to emoji; tabs and line ends are layout. */
function isMarked(character: string): boolean {
  if (character === '\n' || character === '\t' || joiners.has(character)) return false;
  return hidden.test(character);
}

function markOf(character: string): string {
  const number = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `U+${number}`;
}

/** The beginning of a text, without half a pair at its end. */
export function beginning(text: string, characters: number): string {
  const cut = text.slice(0, characters);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
