// Looks for a text in bytes, in every form in which it could reasonably stand there.

/** The forms of `text` that occur in `bytes`: clear, hex, percent, escapes, base64 at any alignment. */
export function formsFound(bytes: Uint8Array, text: string): string[] {
  const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = formsOf(text).filter(([, form]) => searched.includes(form, 0, 'latin1'));
  return [...new Set(found.map(([name]) => name))];
}

type Form = readonly [name: string, form: string];

function formsOf(text: string): Form[] {
  const utf8 = Buffer.from(text);
  const hex = utf8.toString('hex');
  const percent = hex.replaceAll(/../g, '%$&');
  const escapes = [...text].map(escapeOf).join('');
  const forms: Form[] = [
    ['clear', utf8.toString('latin1')],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('latin1')],
  ];
  for (const [name, form] of Object.entries({ hex, percent, escapes })) {
    forms.push([name, form], [name, form.toUpperCase()]);
  }
  for (const encoding of ['base64', 'base64url'] as const) {
    for (let before = 0; before < 3; before++) {
      forms.push([encoding, aligned(utf8, before, encoding)]);
    }
  }
  return forms;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What is left of the base64 whatever stands around: the characters that the text alone decides. */
function aligned(utf8: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const coded = Buffer.concat([Buffer.alloc(before), utf8])
    .toString(encoding)
    .replace(/=+$/, '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + utf8.length) * 8) / 6);
  return coded.slice(first, last);
}
