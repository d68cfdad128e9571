// What an examination of a store found, and the command that mends it.

export interface Finding {
  /** What was looked at, in two or three words. */
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** A command to copy; only where something is to be mended. */
  readonly cure?: string;
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found };
}

export function warning(check: string, found: string, cure: string): Finding {
  return { check, status: 'warning', found, cure };
}

export function problem(check: string, found: string, cure: string): Finding {
  return { check, status: 'problem', found, cure };
}
