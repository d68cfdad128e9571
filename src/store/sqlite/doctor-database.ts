// Looks into the database itself: schema, settings, damage, region, clock.

import { type Finding, ok, problem, warning } from '../finding.js';
import type { StoreConfig } from '../open.js';
import type { OnProgress } from '../record-examination.js';
import { closeWriter } from './checkpoints.js';
import { type Connection, openWriter, prepare, verifyDurability } from './database.js';
import { examineSealing } from './doctor-sealing.js';
import { codeOf, isFull } from './failure.js';
import { newestSchemaVersion, schemaVersion } from './migrate.js';
import { readSetting } from './settings.js';

const clockToleranceMs = 60_000;

export function examineDatabase(
  config: StoreConfig,
  file: string,
  onProgress: OnProgress,
): Finding[] {
  let database: Connection;
  try {
    database = openWriter(file);
  } catch (error) {
    // Of the schema, which every statement reads first.
    if (codeOf(error).startsWith('SQLITE_CORRUPT')) return [damaged(explain(error), file)];
    const cure = isFull(error)
      ? roomCure(config.dataDir)
      : `file ${file}  # restore the data directory from its last backup`;
    return [problem('database', explain(error), cure)];
  }
  try {
    const schema = examineSchema(database, config.dataDir);
    if (schema.status === 'problem') return [schema];
    const damage = examineDamage(database, file);
    // What is read from a damaged file says nothing, and reading it may throw.
    if (damage.status === 'problem') return [schema, damage];
    return [
      schema,
      damage,
      examineClock(database),
      examineDurability(database, config.dataDir),
      examineRegion(database, config.region),
      ...examineSealing(database, config, onProgress),
      examineProjects(database),
    ];
  } finally {
    closeWriter(database);
  }
}

function examineSchema(database: Connection, dataDir: string): Finding {
  const found = schemaVersion(database);
  const newest = newestSchemaVersion();
  if (found === newest) return ok('schema', `version ${found}`);
  if (found < newest) {
    const cure = `baton migrate --data-dir ${dataDir}`;
    return problem('schema', `version ${found}, this Baton needs ${newest}`, cure);
  }
  return problem(
    'schema',
    `version ${found}, this Baton knows up to ${newest}`,
    'git pull && npm install  # a newer Baton made this store',
  );
}

/** The time of the last start stands in the store: a clock that went back shows. */
function examineClock(database: Connection): Finding {
  const opened = Number(readSetting(database, 'opened_at') ?? 0);
  const aheadMs = opened - Date.now();
  if (aheadMs <= clockToleranceMs) return ok('clock', new Date().toISOString());
  const seconds = Math.round(aheadMs / 1000);
  return problem('clock', `${seconds} s behind the last start`, 'timedatectl set-ntp true');
}

function examineDurability(database: Connection, dataDir: string): Finding {
  try {
    verifyDurability(database);
    return ok('durability', 'WAL, synchronous=FULL');
  } catch (error) {
    const cure = isFull(error) ? roomCure(dataDir) : 'baton serve --data-dir A-LOCAL-DIRECTORY';
    return problem('durability', explain(error), cure);
  }
}

function examineDamage(database: Connection, file: string): Finding {
  const found = quickCheck(database);
  if (found === 'ok') return ok('integrity', 'quick_check ok');
  return damaged(found, file);
}

function damaged(found: string, file: string): Finding {
  const cure = `cp -a ${file} ${file}.damaged  # then restore the last backup`;
  return problem('integrity', found, cure);
}

/** The first damage that SQLite finds; where there is much of it, it throws in place of an answer. */
function quickCheck(database: Connection): string {
  try {
    return String(database.pragma('quick_check(1)', { simple: true })).replaceAll('\n', ' ');
  } catch (error) {
    return explain(error);
  }
}

function examineRegion(database: Connection, region: string): Finding {
  const kept = (readSetting(database, 'region') ?? region).toString();
  if (kept === region) return ok('region', region);
  return problem('region', `the store is ${kept}, found ${region}`, `baton serve --region ${kept}`);
}

function examineProjects(database: Connection): Finding {
  const { count } = prepare<[], { count: number }>(
    database,
    'SELECT count(*) AS count FROM project',
  ).get()!;
  if (count > 0) return ok('projects', String(count));
  return warning('projects', 'none', 'baton project create --account SLUG --project SLUG');
}

function roomCure(dataDir: string): string {
  return `df -h ${dataDir}  # the disk is full: make room`;
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
