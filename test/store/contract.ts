// The one contract test of stores: every promise of `src/store/store.ts`, asserted of any store.

import { describe } from 'vitest';
import { auditContract } from './contract/audit.js';
import { auditTamperingContract } from './contract/audit-tampering.js';
import { brokenRecordsContract } from './contract/broken-records.js';
import { endingsContract } from './contract/endings.js';
import { erasureContract } from './contract/erasure.js';
import { hiddenNamesContract } from './contract/hidden-names.js';
import { keyedHashContract } from './contract/keyed-hash.js';
import { keysContract } from './contract/keys.js';
import { lifeContract } from './contract/life.js';
import { linksContract } from './contract/links.js';
import { listContract } from './contract/list.js';
import { lookUpContract } from './contract/look-up.js';
import { outcomesContract } from './contract/outcomes.js';
import { patchContract } from './contract/patch.js';
import { projectErasureContract } from './contract/project-erasure.js';
import { projectsContract } from './contract/projects.js';
import { putContract } from './contract/put.js';
import { sessionsContract } from './contract/sessions.js';
import type { MakeStorePlace } from './contract/setting.js';
import { watchContract } from './contract/watch.js';

export function storeContract(name: string, makePlace: MakeStorePlace): void {
  describe(`${name}:`, () => {
    lookUpContract(makePlace);
    putContract(makePlace);
    patchContract(makePlace);
    endingsContract(makePlace);
    erasureContract(makePlace);
    projectErasureContract(makePlace);
    listContract(makePlace);
    watchContract(makePlace);
    linksContract(makePlace);
    projectsContract(makePlace);
    keysContract(makePlace);
    sessionsContract(makePlace);
    keyedHashContract(makePlace);
    brokenRecordsContract(makePlace);
    auditContract(makePlace);
    auditTamperingContract(makePlace);
    outcomesContract(makePlace);
    lifeContract(makePlace);
  });

  describe(`${name}, where a project hides its names:`, () => {
    const projects = { hashIds: true };
    lookUpContract(makePlace, projects);
    putContract(makePlace, projects);
    patchContract(makePlace, projects);
    endingsContract(makePlace, projects);
    watchContract(makePlace, projects);
    linksContract(makePlace, projects);
    brokenRecordsContract(makePlace, projects);
    outcomesContract(makePlace, projects);
    hiddenNamesContract(makePlace);
  });
}
