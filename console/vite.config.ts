// Builds the console into dist/console, packs each file for the server to send, and fails where a
// first page would weigh too much.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Gzipped, of all that a first page loads: the page, its scripts and style sheets. */
const firstPageBytesMax = 60 * 1024;

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // Every file has an address of its own, which the Content-Security-Policy lets through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [packed()],
});

/** Writes beside each file its packed form, `.gz`. */
function packed(): Plugin {
  return {
    name: 'packed',
    writeBundle({ dir = '' }, bundle) {
      const page = bundle['index.html'];
      const html = page?.type === 'asset' ? String(page.source) : '';
      let bytes = 0;
      for (const file of Object.values(bundle)) {
        const content = file.type === 'chunk' ? file.code : file.source;
        const gzipped = gzipSync(content, { level: 9 });
        writeFileSync(join(dir, `${file.fileName}.gz`), gzipped);
        if (file === page || html.includes(file.fileName)) bytes += gzipped.length;
      }
      this.info(`a first page weighs ${bytes} bytes, gzipped`);
      if (page === undefined || bytes > firstPageBytesMax) {
        this.error(`a first page weighs ${bytes} bytes, gzipped; at most ${firstPageBytesMax}`);
      }
    },
  };
}
