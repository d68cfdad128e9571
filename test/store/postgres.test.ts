// The PostgreSQL store keeps the contract.

import { PostgresPlace } from '../support/store-place.js';
import { storeContract } from './contract.js';

storeContract('the PostgreSQL store', () => PostgresPlace.make());
