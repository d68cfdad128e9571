// Copies what tsc leaves behind into dist/: the numbered migrations.
import { cpSync } from 'node:fs';

const migrations = 'store/sqlite/migrations';
cpSync(`src/${migrations}`, `dist/${migrations}`, { recursive: true });
