// Member names of `data` as labels for people: `callerPhone` and `caller_phone` are "Caller phone".

/** Words that stand in capital letters. */
const capitals = new Set([
  'id',
  'iban',
  'ivr',
  'dtmf',
  'sip',
  'url',
  'uri',
  'sms',
  'crm',
  'ip',
  'vip',
]);

export function labelOf(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_\-.]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return name === '' ? '(no name)' : name;
  const text = words.map(wordOf).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordOf(word: string): string {
  const small = word.toLowerCase();
  if (capitals.has(small)) return small.toUpperCase();
  return /^\p{Lu}+$/u.test(word) && word.length > 1 && word.length < 5 ? word : small;
}
