// HTML made from templates, in which every value is escaped unless it is HTML already.

/** A piece of HTML. Only the functions below make one. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | readonly Html[];

export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((text, place) => text + shown(values[place] ?? ''));
  return new Html(parts.join(''));
}

/** Text in which `…` marks code. */
export function prose(text: string): Html {
  return new Html(escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>'));
}

/** Text that a narrow screen may break after each `separator`. */
export function breakable(text: string, separator: string): Html {
  return new Html(text.split(separator).map(escaped).join(`${separator}<wbr>`));
}

function shown(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((part) => part.text).join('');
  return escaped(String(value));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
