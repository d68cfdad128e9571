// States that a malicious caller or a language model could have written, each within the limits.

/** What must show as text; where it ran, a dialog would open or a request go out. */
const attacks = [
  '<script>alert("ran")</script>',
  '"><img src="http://192.0.2.1/x.png" onerror="alert(\'ran\')">',
  "' onmouseover='alert(1)' autofocus onfocus='alert(1)' x='",
  '</title></style></textarea><svg onload=alert(1)>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<meta http-equiv="refresh" content="0;url=http://192.0.2.1/">',
  'javascript:alert(document.cookie)',
  'data:text/html,<script>alert(1)</script>',
  'http://192.0.2.1/click-me',
  '{{constructor.constructor("alert(1)")()}} #{alert(1)} %00 &lt;b&gt;',
];

/** Hides the end of a name, and turns the text around it: `exe.png` would seem to be `gnp.exe`. */
export const overrides = 'safe\u202egnp.exe\u2066\u2067 \u200b\u200e\u061c\ufeff tail';

export interface HostileState {
  readonly name: string;
  readonly id: string;
  readonly sharedId: string;
  /** The JSON text of `data`. */
  readonly data: string;
  /** What a reader must find on a page that shows the state, once all is shown. */
  readonly shown: readonly string[];
}

export const hostileStates: readonly HostileState[] = [
  stateOf(
    'markup as values',
    {
      customer_name: attacks[0],
      reason: attacks[1],
      summary: attacks.join(' '),
      links: attacks,
      phone: attacks[2],
      nested: Object.fromEntries(attacks.map((attack, place) => [`value ${place}`, attack])),
    },
    attacks,
  ),
  stateOf('markup as member names', Object.fromEntries(attacks.map((attack) => [attack, 'x'])), []),
  stateOf('one long word', { summary: 'W'.repeat(32_000), reason: 'short' }, ['short']),
  stateOf('one long word as a name', { [`n${'W'.repeat(32_000)}`]: 'the value' }, ['the value']),
  stateOf('directions turned', { customer_name: overrides, [overrides]: 'named' }, [
    'U+202E',
    'U+2066',
    'U+200B',
    'named',
  ]),
  stateOf('control characters', { reason: 'a\u0000b\u0007\u001b[31m\u0085c', after: 'the end' }, [
    'U+0000',
    'U+001B',
    'the end',
  ]),
  stateOf(
    'very many members',
    Object.fromEntries(Array.from({ length: 2_000 }, (_, place) => [`m${place}`, place])),
    ['1999'],
  ),
  stateOf('very deep', nested(32), ['the bottom']),
];

/** The body of the write of a state. */
export function bodyOf({ id, sharedId, data }: HostileState): string {
  const name = JSON.stringify(sharedId);
  return `{"id":${JSON.stringify(id)},"shared_id":${name},"data":${data}}`;
}

function stateOf(name: string, data: unknown, shown: readonly string[]): HostileState {
  const end = ` ${name}`;
  return {
    name,
    id: `<script>alert("id")</script>\u202e${'W'.repeat(150)}${end}`,
    sharedId: `"><img src=x onerror=alert(1)>javascript:alert(1)${end}`,
    data: JSON.stringify(data),
    shown,
  };
}

/** Objects and lists in turn; the object without is the first level. */
function nested(levels: number): unknown {
  let value: unknown = 'the bottom';
  for (let level = levels; level >= 1; level--) {
    value = level % 2 === 1 ? { [`level ${level}`]: value } : [value];
  }
  return value;
}
