// The data of a handoff laid out for people: labels and values, objects and lists within each other.

import type { JSX } from 'preact';
import type { JsonTree } from '../data/json-tree.js';
import { labelOf } from '../data/labels.js';
import { endsHere, type Pointers, pointersWithin } from '../data/sensitive.js';
import { markedText } from '../data/visible-text.js';
import { DataValue } from './data-value.js';
import { FirstFew } from './first-few.js';
import { LongText } from './text.js';

export function DataTree({
  tree,
  sensitive,
}: {
  tree: JsonTree;
  sensitive: Pointers;
}): JSX.Element {
  if (tree.kind === 'object') return <Members tree={tree} sensitive={sensitive} />;
  if (tree.kind === 'array') return <Elements tree={tree} sensitive={sensitive} />;
  return <DataValue tree={tree} isSensitive={endsHere(sensitive)} />;
}

function Members({
  tree,
  sensitive,
}: {
  tree: JsonTree & { kind: 'object' };
  sensitive: Pointers;
}): JSX.Element {
  if (tree.members.length === 0) return <span class="quiet">nothing</span>;
  return (
    <FirstFew items={tree.members} what="members">
      {(members) => (
        <dl class="data">
          {members.map(([name, value]) => (
            <div key={name} class={isGroup(value) ? 'group' : 'pair'}>
              <dt title={markedText(name)}>
                <LongText text={labelOf(name)} characters={120} />
              </dt>
              <dd>
                <DataTree tree={value} sensitive={pointersWithin(sensitive, name)} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </FirstFew>
  );
}

function Elements({
  tree,
  sensitive,
}: {
  tree: JsonTree & { kind: 'array' };
  sensitive: Pointers;
}): JSX.Element {
  if (tree.elements.length === 0) return <span class="quiet">none</span>;
  return (
    <FirstFew items={tree.elements} what="entries">
      {(elements) => (
        <ol class={elements.some(isGroup) ? 'elements groups' : 'elements'}>
          {elements.map((element, index) => (
            <li key={index}>
              <DataTree tree={element} sensitive={pointersWithin(sensitive, String(index))} />
            </li>
          ))}
        </ol>
      )}
    </FirstFew>
  );
}

function isGroup(tree: JsonTree): boolean {
  if (tree.kind === 'object') return tree.members.length > 0;
  return tree.kind === 'array' && tree.elements.some((element) => isGroup(element));
}
