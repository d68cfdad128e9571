// Examines who can read a file or a directory.

import { statSync } from 'node:fs';
import { type Finding, ok, problem } from './finding.js';

/** Whether the path lets others do what `wanted` does not. */
export function examineFileMode(check: string, path: string, wanted: number): Finding {
  const mode = statSync(path).mode & 0o777;
  const shown = `0${mode.toString(8)}`;
  if ((mode & ~wanted) === 0) return ok(check, shown);
  return problem(
    check,
    `${shown}: others on this machine can read ${path}`,
    `chmod ${wanted.toString(8)} ${path}`,
  );
}
