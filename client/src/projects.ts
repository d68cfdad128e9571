// The calls that manage projects; they need an admin key.

import { path } from './address.js';
import { type AnswerMembers, answerMembers, answerPage } from './answer.js';
import { membersBody } from './body.js';
import type { Send } from './connection.js';
import type { CallOptions, Page, PageRequest } from './types.js';

export interface Project {
  readonly accountId: string;
  readonly accountSlug: string;
  readonly projectId: string;
  readonly projectSlug: string;
  readonly region: string;
  readonly retentionSeconds: number;
  readonly pickupDeadlineSeconds: number;
  /** JSON Pointers into `data`, `*` for any member or element: what masked keys do not see. */
  readonly sensitiveFields: readonly string[];
  /** Whether they see the last four characters of a long text. */
  readonly sensitiveLastFour: boolean;
  /** Whether ids, shared ids and aliases are stored as keyed hashes, which lists show. */
  readonly hashIds: boolean;
  readonly createdAt: Date;
}

export interface ProjectSettings {
  /** `[a-z0-9-]`, free in the account, else `conflict`. */
  readonly projectSlug?: string | undefined;
  /** How long a state lives, 60 seconds to 400 days; a change holds for later writes. */
  readonly retentionSeconds?: number | undefined;
  /** 1 second to 7 days; a state without pickup is missed afterwards. */
  readonly pickupDeadlineSeconds?: number | undefined;
  /** Replaces the whole list; a change holds for later look-ups. */
  readonly sensitiveFields?: readonly string[] | undefined;
  readonly sensitiveLastFour?: boolean | undefined;
}

export interface NewProject extends ProjectSettings {
  readonly projectSlug: string;
  /** Made where it is left out. */
  readonly projectId?: string | undefined;
  /** For good; false where it is left out. */
  readonly hashIds?: boolean | undefined;
}

export interface ErasedProject {
  readonly projectId: string;
  readonly erasedAt: Date;
  /** What was erased, when and by which key: a compact JWS (RFC 7515), to be kept. */
  readonly receipt: string;
}

/** Each call throws BatonClientError. What it changes is never repeated after an unknown outcome. */
export class ProjectCalls {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Newest first, those within the key's reach. */
  async list(page: PageRequest = {}, options: CallOptions = {}): Promise<Page<Project>> {
    const reply = await this.#send({
      method: 'GET',
      path: path('v1', 'projects'),
      parameters: { limit: page.limit, cursor: page.cursor },
      repeatable: true,
      signal: options.signal,
    });
    return answerPage(reply, project);
  }

  /** A project of the key's account; only an account-wide admin key may make one. */
  async create(settings: NewProject, options: CallOptions = {}): Promise<Project> {
    const reply = await this.#send({
      method: 'POST',
      path: path('v1', 'projects'),
      body: membersBody({
        project_id: settings.projectId,
        hash_ids: settings.hashIds,
        ...settingsMembers(settings),
      }),
      repeatable: false,
      signal: options.signal,
    });
    return project(answerMembers(reply));
  }

  async get(projectId: string, options: CallOptions = {}): Promise<Project> {
    const reply = await this.#send({
      method: 'GET',
      path: path('v1', 'projects', projectId),
      repeatable: true,
      signal: options.signal,
    });
    return project(answerMembers(reply));
  }

  /** What is left out stays. */
  async change(
    projectId: string,
    settings: ProjectSettings,
    options: CallOptions = {},
  ): Promise<Project> {
    const reply = await this.#send({
      method: 'PATCH',
      path: path('v1', 'projects', projectId),
      body: membersBody(settingsMembers(settings)),
      repeatable: false,
      signal: options.signal,
    });
    return project(answerMembers(reply));
  }

  /** With everything in it, for good; only an account-wide admin key may. */
  async erase(projectId: string, options: CallOptions = {}): Promise<ErasedProject> {
    const reply = await this.#send({
      method: 'DELETE',
      path: path('v1', 'projects', projectId),
      repeatable: false,
      signal: options.signal,
    });
    return erasedProject(answerMembers(reply));
  }

  /** Receipts of the account's erased projects, newest first; as `erase`. */
  async receipts(page: PageRequest = {}, options: CallOptions = {}): Promise<Page<ErasedProject>> {
    const reply = await this.#send({
      method: 'GET',
      path: path('v1', 'receipts'),
      parameters: { limit: page.limit, cursor: page.cursor },
      repeatable: true,
      signal: options.signal,
    });
    return answerPage(reply, erasedProject);
  }
}

function erasedProject(members: AnswerMembers): ErasedProject {
  return {
    projectId: members.text('project_id'),
    erasedAt: members.time('erased_at'),
    receipt: members.text('receipt'),
  };
}

function settingsMembers(settings: ProjectSettings): object {
  return {
    project_slug: settings.projectSlug,
    retention_seconds: settings.retentionSeconds,
    pickup_deadline_seconds: settings.pickupDeadlineSeconds,
    sensitive_fields: settings.sensitiveFields,
    sensitive_last_four: settings.sensitiveLastFour,
  };
}

function project(members: AnswerMembers): Project {
  return {
    accountId: members.text('account_id'),
    accountSlug: members.text('account_slug'),
    projectId: members.text('project_id'),
    projectSlug: members.text('project_slug'),
    region: members.text('region'),
    retentionSeconds: members.number('retention_seconds'),
    pickupDeadlineSeconds: members.number('pickup_deadline_seconds'),
    sensitiveFields: members.texts('sensitive_fields'),
    sensitiveLastFour: members.flag('sensitive_last_four'),
    hashIds: members.flag('hash_ids'),
    createdAt: members.time('created_at'),
  };
}
