// Reads the header `Baton-Withheld`: JSON Pointers in a list of structured fields (RFC 9651).

export interface Withheld {
  readonly withheld: readonly string[];
  readonly withheldCount: number;
}

/** A String or a Display String, with its sign and what its quotes hold, or an Integer. */
const item = /(%?)"((?:[^"\\]|\\.)*)"|([0-9]+)/g;

/** `header` is null where nothing was withheld. */
export function withheldIn(header: string | null): Withheld {
  const withheld: string[] = [];
  let more = 0;
  for (const [, sign, quoted, number] of (header ?? '').matchAll(item)) {
    if (quoted === undefined) more = Number(number);
    else withheld.push(sign === '%' ? displayed(quoted) : quoted.replace(/\\(.)/g, '$1'));
  }
  return { withheld, withheldCount: withheld.length + more };
}

/** The text of a Display String; as it came, where its bytes are not UTF-8. */
function displayed(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
