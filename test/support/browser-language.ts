// What Node 20 lacks of a browser, for parts of the console that run without a page.

globalThis.navigator ??= { language: 'en-GB' } as Navigator;
