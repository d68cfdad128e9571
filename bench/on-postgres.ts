// The sections that run on PostgreSQL, on a server of their own.

import { initBatonOn, serveBaton } from './baton.js';
import type { Bench } from './bench.js';
import type { Figure } from './figure.js';
import type { SectionName } from './options.js';
import { measurePostgresCapacity } from './postgres-capacity.js';
import { measurePostgresLookUps } from './postgres-look-up.js';
import { measureManyStatesOnPostgres } from './postgres-many-states.js';
import { measurePostgresPuts } from './postgres-put.js';
import { startPostgres } from './postgres-server.js';
import { seedStates } from './seed.js';
import { measureWakeUpsAcross } from './wake-up.js';

const stored: SectionName[] = ['postgres-look-up', 'postgres-wake-up', 'postgres-capacity'];
const all: SectionName[] = [...stored, 'postgres-put', 'postgres-large'];

export async function measureOnPostgres(bench: Bench): Promise<Figure[]> {
  const { sections } = bench.options;
  if (!all.some((name) => sections.has(name))) return [];
  const server = await startPostgres(bench);
  const figures: Figure[] = [];
  if (stored.some((name) => sections.has(name))) {
    const database = await server.newDatabase('states');
    const baton = await serveBaton(bench, await initBatonOn(database));
    await seedStates(baton, bench.states.stored);
    if (sections.has('postgres-look-up')) {
      figures.push(...(await measurePostgresLookUps(bench, database, baton)));
    }
    if (sections.has('postgres-wake-up')) {
      figures.push(...(await measureWakeUpsAcross(bench, baton)));
    }
    if (sections.has('postgres-capacity')) {
      figures.push(...(await measurePostgresCapacity(bench, server, baton)));
    }
    await baton.running.stop();
  }
  if (sections.has('postgres-put')) figures.push(...(await measurePostgresPuts(bench, server)));
  if (sections.has('postgres-large')) {
    figures.push(...(await measureManyStatesOnPostgres(bench, server)));
  }
  await server.running.stop();
  return figures;
}
