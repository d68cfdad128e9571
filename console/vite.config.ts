// Builds the console into dist/console, and fails where a first page would weigh too much.

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
  plugins: [weighed()],
});

function weighed(): Plugin {
  return {
    name: 'weighed',
    writeBundle(_options, bundle) {
      const page = Object.values(bundle).find(({ fileName }) => fileName === 'index.html');
      const html = page?.type === 'asset' ? String(page.source) : '';
      const first = Object.values(bundle).filter(
        (file) => file === page || html.includes(file.fileName),
      );
      const bytes = first
        .map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source).length)
        .reduce((sum, size) => sum + size, 0);
      this.info(`a first page weighs ${bytes} bytes, gzipped`);
      if (page === undefined || bytes > firstPageBytesMax) {
        this.error(`a first page weighs ${bytes} bytes, gzipped; at most ${firstPageBytesMax}`);
      }
    },
  };
}
