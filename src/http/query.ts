// Query strings: parameters as text, with what is repeated or not UTF-8 left for the schema to refuse.

export type QueryValue = string | null | QueryValue[];

/** An object without a prototype: a constructor makes it faster than `Object.create(null)` does. */
function Parameters() {}
Parameters.prototype = Object.create(null);
const NewParameters = Parameters as unknown as new () => Record<string, QueryValue>;

/**
 * Parameters by name. A repeated one becomes a list, one whose encoding is not UTF-8 null: no
 * schema takes either. An empty one counts as not given (contract/notes).
 */
export function parseQuery(text: string): Record<string, QueryValue> {
  const found = new NewParameters();
  if (text === '') return found;

  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decode(part.slice(equals + 1));
    if (name === null || name === '' || value === '') continue;
    const before = found[name];
    found[name] = before === undefined ? value : [before, value].flat();
  }
  return found;
}

function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
