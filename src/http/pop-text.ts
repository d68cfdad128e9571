// Text of callers and models as the screen pop shows it: all of it visible, none of it markup.

import { Html, html } from './html.js';

/** Characters of a text that are shown at first, and its lines. */
const charactersShown = 280;
const linesShown = 6;

/**
 * What has no shape of its own and may change how its neighbours look: control and format
 * characters (Unicode categories Cc and Cf), line and paragraph separators, halves of surrogate
 * pairs. Not the line feed and the tab, nor what words and emoji are joined with, nor the signs
 * that Arabic and Syriac write in front of numbers. Equal ones in a row are one match.
 */
const unseen =
  /((?!\n|\t|\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])\1*/gu;

/** The text, with a name for each character that would not be seen. */
export function visible(text: string): Html {
  const shown: Html[] = [];
  let from = 0;
  const lines = text.replaceAll('\r\n', '\n');
  for (const match of lines.matchAll(unseen)) {
    const [run, character] = match;
    shown.push(html`${lines.slice(from, match.index)}`, named(character!, run));
    from = match.index + run.length;
  }
  return html`${[...shown, html`${lines.slice(from)}`]}`;
}

/** The beginning of a long text, and all of it where a person asks for it. */
export function clamped(text: string): Html {
  const start = shortened(text, charactersShown);
  if (start === text) return html`<bdi class="text">${visible(text)}</bdi>`;
  const count = [...text].length.toLocaleString('en');
  return html`<details class="long"><summary><bdi class="text start">${visible(start)}…</bdi>
<span class="more">Show all ${count} characters</span><span class="less">Show less</span></summary>
<bdi class="text">${visible(text)}</bdi></details>`;
}

/** As much of it as fits in so many characters and some lines. */
export function shortened(text: string, characters: number): string {
  const start = Array.from(text.slice(0, characters * 2))
    .slice(0, characters)
    .join('');
  return start.split('\n').slice(0, linesShown).join('\n');
}

function named(character: string, run: string): Html {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  const count = run.length / character.length;
  const times = count === 1 ? '' : ` × ${count}`;
  return html`<span class="unseen">‹U+${code}${times}›</span>`;
}

/** Pieces with something between each two. */
export function joined(pieces: readonly Html[], separator: Html): Html {
  return new Html(pieces.map(({ text }) => text).join(separator.text));
}
