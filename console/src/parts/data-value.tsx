// One value of a handoff's data, as text whatever it looks like.

import type { JSX } from 'preact';
import type { JsonTree } from '../data/json-tree.js';
import { isMask } from '../data/sensitive.js';
import { dayText, longTime } from '../data/times.js';
import { valueKind } from '../data/value-kind.js';
import { LongText, Text } from './text.js';

const shownCharacters = 600;

export function DataValue({
  tree,
  isSensitive,
}: {
  tree: JsonTree;
  isSensitive: boolean;
}): JSX.Element {
  if (isSensitive && tree.kind === 'string' && isMask(tree.text)) {
    return (
      <span class="masked">
        <span aria-hidden="true">{tree.text}</span>
        <span class="unseen">masked</span>
      </span>
    );
  }
  return (
    <>
      <Plain tree={tree} />
      {isSensitive && <span class="tag">sensitive</span>}
    </>
  );
}

function Plain({ tree }: { tree: JsonTree }): JSX.Element {
  switch (tree.kind) {
    case 'boolean':
      return <>{tree.value ? 'Yes' : 'No'}</>;
    case 'number':
      return (
        <span class="number">
          <LongText text={tree.text} characters={shownCharacters} />
        </span>
      );
    case 'string':
      return <Words text={tree.text} />;
    default:
      return <span class="quiet">empty</span>;
  }
}

function Words({ text }: { text: string }): JSX.Element {
  switch (valueKind(text)) {
    case 'time':
      return (
        <time dateTime={text} title={text}>
          {longTime(text)}
        </time>
      );
    case 'day':
      return (
        <time dateTime={text} title={text}>
          {dayText(text)}
        </time>
      );
    case 'phone':
      return (
        <span class="number">
          <Text text={text} />
        </span>
      );
    case 'address':
      return (
        <span class="name">
          <LongText text={text} characters={shownCharacters} />
        </span>
      );
    default:
      return text === '' ? (
        <span class="quiet">empty text</span>
      ) : (
        <span class="words">
          <LongText text={text} characters={shownCharacters} />
        </span>
      );
  }
}
