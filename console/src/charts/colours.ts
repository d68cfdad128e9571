// Colours of the style sheet for a canvas, which knows no custom properties.

/** The colour of this name now, light or dark; `element` stands where it is used. */
export function colourOf(element: Element, name: string): string {
  const probe = document.createElement('i');
  probe.className = `ink-${name}`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
