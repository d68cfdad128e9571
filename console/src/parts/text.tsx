// A value that somebody else wrote, as text: isolated, hidden characters shown, cut where long.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { beginning, markedText, textParts } from '../data/visible-text.js';

/** One line or many, never markup, never a link. */
export function Text({ text }: { text: string }): JSX.Element {
  return (
    <bdi>
      {textParts(text).map(({ text: part, isMark }) =>
        isMark ? <span class="mark">{part}</span> : part,
      )}
    </bdi>
  );
}

/** An id of whatever length. */
export function Name({ text }: { text: string }): JSX.Element {
  return (
    <span class="name">
      <LongText text={text} characters={160} />
    </span>
  );
}

/** An id within a link, which has room for its beginning alone. */
export function ShortName({ text }: { text: string }): JSX.Element {
  const isCut = text.length > shortCharacters;
  return (
    <span class="name" title={isCut ? markedText(text) : undefined}>
      <Text text={isCut ? `${beginning(text, shortCharacters)}…` : text} />
    </span>
  );
}

const shortCharacters = 60;

/** Shows so many characters, and the rest when asked for. */
export function LongText({ text, characters }: { text: string; characters: number }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  // Not cut where hardly anything would be left out.
  if (text.length <= characters * 1.2) return <Text text={text} />;
  return (
    <>
      <Text text={isWhole ? text : `${beginning(text, characters)}…`} />{' '}
      <button type="button" class="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
      </button>
    </>
  );
}
