// Looks for what can be wrong with a PostgreSQL store, servers running on it or not.

import type { Finding } from '../finding.js';
import type { StoreConfig } from '../open.js';

export async function examinePostgres(
  _config: StoreConfig & { databaseUrl: string },
): Promise<Finding[]> {
  return [];
}
