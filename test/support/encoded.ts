// Looks for a text in bytes, in every form that it can reasonably have got there.

/** The forms of `text` that occur in `bytes`: in clear, hex, percent or base64 at any alignment. */
export function formsFound(bytes: Uint8Array, text: string): string[] {
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const lower = plain.toLowerCase();
  return [...formsOf(text)]
    .filter(([name, form]) =>
      name.startsWith('base64') ? plain.includes(form) : lower.includes(form.toLowerCase()),
    )
    .map(([name]) => name);
}

function formsOf(text: string): Map<string, string> {
  const utf8 = Buffer.from(text);
  const hex = utf8.toString('hex');
  const forms = new Map([
    ['clear', utf8.toString('latin1')],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('latin1')],
    ['hex', hex],
    ['percent', hex.replaceAll(/../g, '%$&')],
    ['JSON escapes', [...text].map(escapeOf).join('')],
  ]);
  for (const encoding of ['base64', 'base64url'] as const) {
    for (let before = 0; before < 3; before++) {
      forms.set(`${encoding} +${before}`, aligned(utf8, before, encoding));
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
