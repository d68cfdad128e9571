// `baton init`: makes the store, a project and its three keys, without serving.

import { BatonError } from '../error.js';
import { firstRun } from '../first-run.js';
import { checkIdentifier, checkSlug } from '../project.js';
import { addConfiguredCommand, type Branch } from './command.js';
import { withStore } from './open-store.js';
import { given, optional, readChecked, toggle } from './option.js';
import { printPairs } from './table.js';
import { printJson } from './terminal.js';

const slugDefault = 'demo';

export function addInitCommand(branch: Branch): void {
  const options = {
    account: optional(
      'SLUG',
      `slug of the account; default: ${slugDefault}`,
      readChecked(checkSlug),
    ),
    project: optional(
      'SLUG',
      `slug of the project; default: ${slugDefault}`,
      readChecked(checkSlug),
    ),
    accountId: optional(
      'ID',
      'id of the account; made where not given',
      readChecked(checkIdentifier),
    ),
    projectId: optional(
      'ID',
      'id of the project; made where not given',
      readChecked(checkIdentifier),
    ),
    json: toggle('print JSON'),
  };
  addConfiguredCommand(
    branch,
    {
      name: 'init',
      summary: 'make the store, a project and its three keys, printed once',
      notes: 'A second init changes nothing and exits 1.',
      options,
      takes: 'store',
    },
    async (values, { config }, terminal) => {
      const wanted = {
        accountSlug: values.account ?? slugDefault,
        projectSlug: values.project ?? slugDefault,
        ...given({ accountId: values.accountId, projectId: values.projectId }),
        region: config.region,
        now: Date.now,
        isAudited: config.audit !== 'off',
      };
      const made = await withStore(config, terminal, (store) => firstRun(store, wanted), {
        create: true,
      });
      if (made === undefined) {
        throw new BatonError(
          'conflict',
          'This store has a project already and was left as it is; ' +
            'make more with `baton project create` and `baton key create`.',
        );
      }
      const { project, keys } = made;
      const members = {
        account_id: project.accountId,
        project_id: project.projectId,
        region: project.region,
        admin_key: keys.admin,
        write_key: keys.write,
        read_key: keys.read,
      };
      if (values.json) return printJson(terminal, members);
      const pairs = Object.entries(members).map(
        ([name, value]) => [name.replace('_', ' '), value] as const,
      );
      printPairs(terminal, pairs);
      terminal.tell('The keys are shown only now: keep them where the programs find them.');
    },
  );
}
