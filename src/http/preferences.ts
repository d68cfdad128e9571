// The header `Prefer` (RFC 7240): a list of preferences, of which one given twice counts as first given.

/** Values by name in lower case, '' where there is none; still quoted where they were. */
export function preferencesOf(prefer: string | string[] | undefined): ReadonlyMap<string, string> {
  const preferences = new Map<string, string>();
  if (prefer === undefined) return preferences;
  for (const preference of [prefer].flat().join(',').split(',')) {
    const [name, value = ''] = preference.split(';', 1)[0]!.split('=', 2);
    const known = name!.trim().toLowerCase();
    if (!preferences.has(known)) preferences.set(known, value.trim());
  }
  return preferences;
}

/** Whether sensitive values are to come masked: `masked`, which has no value. */
export function prefersMasked(prefer: string | string[] | undefined): boolean {
  return ['', '""'].includes(preferencesOf(prefer).get('masked') ?? 'no');
}
