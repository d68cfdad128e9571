// Text that is entered as lines.

/** The lines that hold something, without the space around. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
