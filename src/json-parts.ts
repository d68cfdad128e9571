// Takes JSON text apart that was read before: the members of an object, the elements of an array.
// The text must come from `readJsonObject` or `measureJson`: nothing is checked again.

/** The members of an object by their decoded names: `name` as it was written, quotes included. */
export function jsonMembers(compactText: string): Map<string, { name: string; text: string }> {
  const members = new Map<string, { name: string; text: string }>();
  let at = 1;
  while (compactText[at] === '"') {
    const nameEnd = endOfString(compactText, at);
    const name = compactText.slice(at, nameEnd);
    const valueEnd = endOfPart(compactText, nameEnd + 1);
    members.set(decodedString(name), { name, text: compactText.slice(nameEnd + 1, valueEnd) });
    at = valueEnd + 1;
  }
  return members;
}

/** The elements of an array, in its order. */
export function jsonElements(compactText: string): string[] {
  const elements: string[] = [];
  let at = 1;
  while (at < compactText.length - 1) {
    const end = endOfPart(compactText, at);
    elements.push(compactText.slice(at, end));
    at = end + 1;
  }
  return elements;
}

/** What a string in JSON text, quotes included, stands for. */
export function decodedString(token: string): string {
  return token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
}

const structural = /["{}[\],]/g;
const restOfString = /[^"\\]*(?:\\.[^"\\]*)*"/y;

/** Where a member's value or an element ends: at a comma, or at what closes the container. */
function endOfPart(text: string, start: number): number {
  let levels = 0;
  let at = start;
  for (;;) {
    at = endOfMatch(structural, text, at);
    const character = text[at - 1]!;
    if (levels === 0 && ',}]'.includes(character)) return at - 1;
    if ('{['.includes(character)) levels++;
    if ('}]'.includes(character)) levels--;
    if (character === '"') at = endOfMatch(restOfString, text, at);
  }
}

function endOfString(text: string, start: number): number {
  return endOfMatch(restOfString, text, start + 1);
}

/** Throws where there is no match: the text is not what was read before. */
function endOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw new Error('JSON text that was read before has been damaged.');
  return pattern.lastIndex;
}
