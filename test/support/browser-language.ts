// What Node 20 lacks of a browser, for parts of the console that run without a page.

/** Must have run before what asks for the language is imported. */
export function pretendBrowser(): void {
  globalThis.navigator ??= { language: 'en-GB' } as Navigator;
}
