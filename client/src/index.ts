// The entry of the package @baton/client: what its users may import.

export { BatonClient } from './client.js';
export {
  BatonClientError,
  type ClientErrorCode,
  isMissing,
  type MissingCode,
  type ServerErrorCode,
} from './errors.js';
export type {
  ApiKey,
  ApiKeyWithSecret,
  KeyCalls,
  NewKey,
  Permission,
  Rotation,
  View,
} from './keys.js';
export { permissions } from './keys.js';
export type { ClientOptions } from './options.js';
export type {
  ErasedProject,
  NewProject,
  Project,
  ProjectCalls,
  ProjectSettings,
} from './projects.js';
export type {
  LookUpsWithoutResult,
  OutcomeCounts,
  Stats,
  StatsFilter,
  StatsInterval,
} from './stats.js';
export type * from './types.js';
export { handoffStatuses } from './types.js';
