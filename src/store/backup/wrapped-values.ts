// Finds keys that a store keeps wrapped, and whether a master key that is given has wrapped them.

import type { MasterKeys } from '../../master-key.js';
import type { Row, Value } from './contents.js';
import { type BackupTable, settingKinds } from './tables.js';

/** Whether some of these rows hold a key that none of these master keys has wrapped. */
export function unknownWrapper(
  { columns }: BackupTable,
  rows: readonly Row[],
  masterKeys: MasterKeys,
): boolean {
  const kinds = Object.values(columns);
  const isWrapped = (row: Row, place: number) =>
    kinds[place] === 'wrapped' ||
    (kinds[place] === 'setting' && settingKinds[String(row[0])] === 'wrapped');
  const isKnown = (value: Value) => masterKeys.has(Buffer.from(String(value), 'base64'));
  if (!kinds.includes('wrapped') && !kinds.includes('setting')) return false;
  return rows.some((row) => row.some((value, at) => isWrapped(row, at) && !isKnown(value)));
}
