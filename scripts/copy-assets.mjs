// Copies what tsc leaves behind into dist/: the numbered migrations and the pages' style sheets.
import { cpSync } from 'node:fs';

const assets = [
  'store/sqlite/migrations',
  'store/postgres/migrations',
  'http/docs.css',
  'http/pop.css',
];
for (const asset of assets) {
  cpSync(`src/${asset}`, `dist/${asset}`, { recursive: true });
}
