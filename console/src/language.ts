// The language of times and numbers.

/** The viewer's English, where it is one: the words around times and numbers are English. */
export const language = /^en(-[A-Za-z]{2})?$/.test(navigator.language)
  ? navigator.language
  : 'en-GB';

/**
 * Chromium in a POSIX locale calls its language `en-US@posix`, which Intl refuses; uPlot asks Intl
 * for that language as it loads, and would fail.
 */
export function mendLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: language });
  }
}
