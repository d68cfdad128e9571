// The SQLite store keeps the contract of stores.

import { SqlitePlace } from '../support/store-place.js';
import { storeContract } from './contract.js';

storeContract('the SQLite store', async () => new SqlitePlace());
