// `baton project`: makes projects, shows them, changes their settings, and erases them.

import { durationText, readDuration } from '../duration.js';
import { limits } from '../limits.js';
import { checkIdentifier, checkSlug, type Project } from '../project.js';
import { UsageError } from '../read-config.js';
import { projectBody } from '../wire.js';
import { addConfiguredCommand, addGroup, type Branch } from './command.js';
import { accountIdOf, allPages, projectAt, withStore } from './open-store.js';
import { auditProject } from './operators-audit.js';
import { given, optional, readChecked, readText, required, toggle } from './option.js';
import { printPairs, printTable, timeText } from './table.js';
import { printJson, type Terminal } from './terminal.js';
import { sensitiveFields, sensitiveLastFour } from './view-option.js';

const readSlug = readChecked(checkSlug);
const readIdentifier = readChecked(checkIdentifier);

const json = toggle('print JSON');
const accountName = required('ACCOUNT', 'the account, by id or slug', readText);
const projectName = required('PROJECT', 'the project, by id or slug', readText);

const settings = {
  retention: optional(
    'DURATION',
    `how long states live, such as 7d; default: ${durationText(limits.retentionSecondsDefault)}`,
    readDuration(limits.retentionSecondsMin, limits.retentionSecondsMax),
  ),
  pickupDeadline: optional(
    'DURATION',
    'when a state that nobody looked up is missed, such as 120s; ' +
      `default: ${durationText(limits.pickupDeadlineSecondsDefault)}`,
    readDuration(limits.pickupDeadlineSecondsMin, limits.pickupDeadlineSecondsMax),
  ),
  sensitiveFields,
  sensitiveLastFour,
};

export function addProjectCommands(branch: Branch): void {
  const group = addGroup(branch, 'project', 'make, show, change and erase projects');
  addCreate(group);
  addList(group);
  addShow(group);
  addSet(group);
  addErase(group);
}

function addCreate(group: Branch): void {
  const options = {
    account: required('SLUG', 'slug of the account; a new one is made', readSlug),
    project: required('SLUG', 'slug of the new project', readSlug),
    accountId: optional('ID', 'id of a new account, such as ws-1a2b3c4d', readIdentifier),
    projectId: optional('ID', 'id of the new project, such as PROJECT-58RP822I', readIdentifier),
    hashIds: toggle('store ids, shared ids and aliases as keyed hashes; for good'),
    ...settings,
    json,
  };
  addConfiguredCommand(
    group,
    { name: 'create', summary: 'make a project', options, takes: 'store' },
    async (values, { config }, terminal) => {
      const project = await withStore(config, terminal, async (store) => {
        const created = await store.createProject({
          accountSlug: values.account,
          projectSlug: values.project,
          hashIds: values.hashIds,
          ...given({
            accountId: values.accountId,
            projectId: values.projectId,
            retentionSeconds: values.retention,
            pickupDeadlineSeconds: values.pickupDeadline,
            sensitiveFields: values.sensitiveFields,
            sensitiveLastFour: values.sensitiveLastFour,
          }),
        });
        await auditProject(store, config, 'project_create', created);
        return created;
      });
      printProject(project, values.json, terminal);
    },
  );
}

function addList(group: Branch): void {
  const options = { account: accountName, json };
  addConfiguredCommand(
    group,
    { name: 'list', summary: "list an account's projects", options, takes: 'store' },
    async (values, { config }, terminal) => {
      const projects = await withStore(config, terminal, async (store) => {
        const accountId = await accountIdOf(store, values.account);
        return allPages((page) => store.listProjects({ accountId, projects: null }, page));
      });
      if (values.json) return printJson(terminal, { items: projects.map(projectBody) });
      const headings = ['PROJECT ID', 'SLUG', 'REGION', 'RETENTION', 'PICKUP DEADLINE', 'MADE'];
      const rows = projects.map((project) => [
        project.projectId,
        project.projectSlug,
        project.region,
        durationText(project.retentionSeconds),
        durationText(project.pickupDeadlineSeconds),
        timeText(project.createdAt),
      ]);
      printTable(terminal, headings, rows);
    },
  );
}

function addShow(group: Branch): void {
  const options = { account: accountName, project: projectName, json };
  addConfiguredCommand(
    group,
    { name: 'show', summary: 'show a project', options, takes: 'store' },
    async (values, { config }, terminal) => {
      const project = await withStore(config, terminal, (store) =>
        projectAt(store, values.account, values.project),
      );
      printProject(project, values.json, terminal);
    },
  );
}

function addSet(group: Branch): void {
  const options = {
    account: accountName,
    project: projectName,
    slug: optional('SLUG', 'new slug of the project', readSlug),
    ...settings,
    json,
  };
  addConfiguredCommand(
    group,
    {
      name: 'set',
      summary: "change a project's settings",
      notes:
        'What is left out stays. New times hold for later writes, new sensitive fields for later\n' +
        'look-ups.',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const changes = given({
        projectSlug: values.slug,
        retentionSeconds: values.retention,
        pickupDeadlineSeconds: values.pickupDeadline,
        sensitiveFields: values.sensitiveFields,
        sensitiveLastFour: values.sensitiveLastFour,
      });
      const project = await withStore(config, terminal, async (store) => {
        const { tenant } = await projectAt(store, values.account, values.project);
        const changed = await store.changeProject(tenant, changes);
        await auditProject(store, config, 'project_change', changed);
        return changed;
      });
      printProject(project, values.json, terminal);
    },
  );
}

function addErase(group: Branch): void {
  const options = {
    account: accountName,
    project: projectName,
    yes: toggle('erase it: nothing of it can be had again'),
    json,
  };
  addConfiguredCommand(
    group,
    {
      name: 'erase',
      summary: 'erase a project with everything in it, for good',
      notes:
        'Its keys of encryption are destroyed at once, and API keys that reach it alone are revoked;\n' +
        'a server removes what is left. The receipt that is printed can be checked with\n' +
        '`baton receipt verify`.',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      if (!values.yes) {
        throw new UsageError(['--yes: found none; give it to erase the project for good.']);
      }
      const erased = await withStore(config, terminal, async (store) => {
        const project = await projectAt(store, values.account, values.project);
        const gone = await store.eraseProject(project.tenant);
        await auditProject(store, config, 'project_erase', project);
        return gone;
      });
      const { projectId, receipt } = erased;
      const erasedAt = new Date(erased.erasedAt).toISOString();
      if (values.json) printJson(terminal, { project_id: projectId, erased_at: erasedAt, receipt });
      else terminal.print(receipt);
    },
  );
}

function printProject(project: Project, asJson: boolean, terminal: Terminal): void {
  if (asJson) {
    printJson(terminal, projectBody(project));
    return;
  }
  printPairs(terminal, [
    ['account id', project.accountId],
    ['account slug', project.accountSlug],
    ['project id', project.projectId],
    ['project slug', project.projectSlug],
    ['region', project.region],
    ['retention', durationText(project.retentionSeconds)],
    ['pickup deadline', durationText(project.pickupDeadlineSeconds)],
    ['sensitive fields', project.sensitiveFields.join(', ') || '–'],
    ['last four shown', project.sensitiveLastFour ? 'yes' : 'no'],
    ['ids hashed', project.hashIds ? 'yes' : 'no'],
    ['made', timeText(project.createdAt)],
  ]);
}
