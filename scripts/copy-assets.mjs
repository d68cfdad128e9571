// Copies what tsc leaves behind into dist/: the numbered migrations and the page's style sheet.
import { cpSync } from 'node:fs';

for (const asset of ['store/sqlite/migrations', 'http/docs.css']) {
  cpSync(`src/${asset}`, `dist/${asset}`, { recursive: true });
}
