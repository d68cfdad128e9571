// JSON Merge Patch (RFC 7396) on JSON text: what a patch leaves alone stays as it was written.

import { jsonMembers } from './json-parts.js';

/**
 * The target with the patch applied, as RFC 7396 section 2 says. Both are texts from
 * `readJsonObject` or `measureJson`, which bounds the nesting that this function recurses into.
 *
 * Members that stay keep their place and their name as it was written, and untouched ones their
 * value; new members follow in the order of the patch.
 */
export function mergePatch(targetText: string, patchText: string): string {
  if (!isObject(patchText)) return patchText;

  const patch = jsonMembers(patchText);
  const target: ReturnType<typeof jsonMembers> = isObject(targetText)
    ? jsonMembers(targetText)
    : new Map();
  const merged: string[] = [];
  for (const [name, member] of target) {
    const change = patch.get(name)?.text;
    if (change === undefined) merged.push(`${member.name}:${member.text}`);
    else if (change !== 'null') merged.push(`${member.name}:${mergePatch(member.text, change)}`);
  }
  for (const [name, member] of patch) {
    if (target.has(name) || member.text === 'null') continue;
    merged.push(`${member.name}:${mergePatch('null', member.text)}`);
  }
  return `{${merged.join(',')}}`;
}

function isObject(text: string): boolean {
  return text.startsWith('{');
}
