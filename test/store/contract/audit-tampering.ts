// Whatever is done to the audit in the database behind the store's back, the verification finds.

import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditNote } from '../../../src/audit.js';
import type { ExportedHeads } from '../../../src/audit-chain.js';
import { seededRandom } from '../../support/random.js';
import { onDatabase, snapshotAudit } from '../../support/raw-audit.js';
import { byId, type MakeStorePlace, useStore } from './setting.js';

export function auditTamperingContract(makePlace: MakeStorePlace): void {
  describe('an audit that was tampered with', () => {
    const setting = useStore(makePlace);
    /** Of a tool that has ended, and of the server that began after it. */
    let ended: string;
    let going: string;
    let restore: () => Promise<void>;
    /** The chain's anchor and head as they were four blocks ago. */
    let olderAnchor: string;
    let heads: ExportedHeads;

    const run = (statement: string) => onDatabase(setting.place.config, statement);
    const findings = async (exported: ExportedHeads | null = null) => {
      const verified = await setting.store.verifyAudit(exported);
      return verified.findings;
    };
    let count = 0;
    const entries = (tenant: string): AuditNote[] => [
      {
        at: setting.now,
        action: 'look_up',
        tenant,
        keyId: 'key',
        address: '192.0.2.7',
        subject: byId('call'),
        status: 200,
        cause: null,
        requestId: `request-${count++}`,
        durationMs: null,
      },
    ];

    beforeAll(async () => {
      const { tenant } = await setting.newProject();
      const tool = await setting.place.open('tool', setting.clock.now);
      await tool.appendAudit(entries(tenant));
      await tool.close();
      ended = (await setting.store.auditHeads()).heads[0]!.chain;
      for (let block = 0; block < 8; block++) {
        if (block === 4) olderAnchor = await anchorOf((await goingHead()).chain);
        await setting.store.appendAudit(entries(tenant));
      }
      ({ chain: going } = await goingHead());
      heads = await setting.store.auditHeads();
      restore = await snapshotAudit(setting.place.config);
    });

    async function goingHead() {
      const exported = await setting.store.auditHeads();
      return exported.heads.find(({ chain }) => chain !== ended)!;
    }

    async function anchorOf(chain: string): Promise<string> {
      const [row] = await run(`SELECT * FROM audit_chain WHERE chain = '${chain}'`);
      const changes = Object.entries(row!).map(([name, value]) => `${name} = '${value}'`);
      return `UPDATE audit_chain SET ${changes.join(', ')} WHERE chain = '${chain}'`;
    }

    const block = (seq: number) => `chain = '${going}' AND seq = ${seq}`;
    const cases: [what: string, statements: () => string[], told: string][] = [
      [
        'an entry is changed',
        () => [`UPDATE audit_block SET entries = replace(entries, '192', '198') WHERE ${block(5)}`],
        'block 5 \\(.*was changed',
      ],
      [
        'an entry is removed from its block',
        () => [`UPDATE audit_block SET entries = '[]' WHERE ${block(3)}`],
        'block 3 \\(.*was changed',
      ],
      [
        'the time of a block is changed',
        () => [`UPDATE audit_block SET first_at = first_at - 1 WHERE ${block(4)}`],
        'block 4 \\(.*was changed',
      ],
      [
        'a block is given to another tenant',
        () => [`UPDATE audit_block SET tenant = 'other' WHERE ${block(4)}`],
        'block 4 \\(tenant other.*was changed',
      ],
      [
        'a block is removed',
        () => [`DELETE FROM audit_block WHERE ${block(4)}`],
        'block 4 is missing',
      ],
      [
        'some blocks are removed',
        () => [`DELETE FROM audit_block WHERE chain = '${going}' AND seq IN (3, 4, 5)`],
        'blocks 3 to 5 are missing',
      ],
      [
        'the first block is removed',
        () => [`DELETE FROM audit_block WHERE ${block(1)}`],
        'block 1 is missing',
      ],
      [
        'two blocks change their places',
        () => [
          `UPDATE audit_block SET seq = 100 WHERE ${block(4)}`,
          `UPDATE audit_block SET seq = 4 WHERE ${block(5)}`,
          `UPDATE audit_block SET seq = 5 WHERE ${block(100)}`,
        ],
        'block 4 \\(.*was changed, or stands in another',
      ],
      [
        'a block gets the entries of another',
        () => [
          `UPDATE audit_block SET entries = (SELECT entries FROM audit_block WHERE ${block(6)})
           WHERE ${block(7)}`,
        ],
        'block 7 \\(.*was changed',
      ],
      [
        'a block is put into another chain',
        () => [`UPDATE audit_block SET chain = '${ended}', seq = 3 WHERE ${block(9)}`],
        'block 3 \\(.*was changed',
      ],
      [
        'the tail is cut off',
        () => [`DELETE FROM audit_block WHERE chain = '${going}' AND seq > 7`],
        'blocks 8 to 9 are missing at its end',
      ],
      [
        'the anchor is forged with the tail',
        () => [
          `DELETE FROM audit_block WHERE chain = '${going}' AND seq > 7`,
          `UPDATE audit_chain SET seq = 7, mac = (SELECT mac FROM audit_block WHERE ${block(7)})
           WHERE chain = '${going}'`,
        ],
        'its anchor was changed',
      ],
      [
        'the beginning is removed as if it was purged',
        () => [
          `UPDATE audit_chain SET first_seq = 3,
             before_mac = (SELECT mac FROM audit_block WHERE ${block(2)}) WHERE chain = '${going}'`,
          `DELETE FROM audit_block WHERE chain = '${going}' AND seq < 3`,
        ],
        'its anchor was changed',
      ],
      [
        'an anchor is removed',
        () => [`DELETE FROM audit_chain WHERE chain = '${going}'`],
        'its anchor is missing',
      ],
      [
        'a whole chain is removed',
        () => [
          `DELETE FROM audit_chain WHERE chain = '${ended}'`,
          `DELETE FROM audit_block WHERE chain = '${ended}'`,
        ],
        'all of it is missing',
      ],
    ];

    test.each(cases)('is found out where %s', async (_what, statements, told) => {
      expect(await findings()).toEqual([]);
      for (const statement of statements()) await run(statement);
      expect((await findings()).join('\n')).toMatch(new RegExp(told));
      await restore();
      expect(await findings(heads)).toEqual([]);
    });

    test('is found out by exported heads where the tail is cut off and an older anchor put back', async () => {
      await run(`DELETE FROM audit_block WHERE chain = '${going}' AND seq > 5`);
      await run(olderAnchor);
      expect((await findings(heads)).join('\n')).toContain('blocks 6 to 9 are missing at its end');
      // What is written from there on does not hide it.
      await setting.store.appendAudit(entries('tenant'));
      expect((await findings(heads)).join('\n')).toMatch(/blocks \d+ to 9 are missing|not the one/);
      await restore();
    });

    test('is found out where the newest chain is removed, by exported heads', async () => {
      await run(`DELETE FROM audit_chain WHERE chain = '${going}'`);
      await run(`DELETE FROM audit_block WHERE chain = '${going}'`);
      expect(await findings()).toEqual([]);
      expect((await findings(heads)).join('\n')).toContain('all of it is missing');
      await restore();
    });

    test('is found out where one character of one block is another, whichever', async () => {
      const random = seededRandom('audit tampering');
      for (let round = 0; round < 8; round++) {
        const seq = 1 + random.below(9);
        const [row] = await run(`SELECT entries FROM audit_block WHERE ${block(seq)}`);
        const text = String(row!.entries);
        const place = random.below(text.length);
        const other = text[place] === 'a' ? 'b' : 'a';
        const changed = (text.slice(0, place) + other + text.slice(place + 1)).replaceAll("'", '');
        await run(`UPDATE audit_block SET entries = '${changed}' WHERE ${block(seq)}`);
        expect((await findings()).join('\n'), `block ${seq}, ${place}`).toContain(`block ${seq} `);
        await restore();
      }
    });
  });
}
