// The contract of sessions: kept whole, so many a key, ended for good, and purged.

import { describe, expect, test } from 'vitest';
import { type ApiKey, newKey } from '../../../src/key.js';
import { limits } from '../../../src/limits.js';
import { newSession, type Session, type SessionKind } from '../../../src/session.js';
import { type MakeStorePlace, useStore } from './setting.js';

export function sessionsContract(makePlace: MakeStorePlace): void {
  describe('a session', () => {
    const setting = useStore(makePlace);

    async function madeKey(expiresAt: number | null = null): Promise<ApiKey> {
      const { now } = setting;
      const wanted = { name: null, accountId: 'ws-1', projects: null, region: 'us-1', now };
      const { key } = newKey({ ...wanted, permission: 'admin', expiresAt });
      await setting.store.createKey(key);
      return key;
    }

    async function made(key: ApiKey, kind: SessionKind = 'session'): Promise<Session> {
      const { session } = newSession(kind, key, setting.now);
      await setting.store.createSession(session);
      return session;
    }

    const find = async ({ tokenHash }: Session) =>
      plain(await setting.store.findSession(tokenHash));

    test('is found as it was made, by its hash alone', async () => {
      const session = await made(await madeKey(setting.now + 1_000));
      expect(session.expiresAt).toBe(setting.now + 1_000);
      expect(await find(session)).toEqual(plain(session));
      const { session: other } = newSession('session', await madeKey(), setting.now);
      expect(await find(other)).toBeUndefined();
    });

    test('is found no more once it has ended, a second time changes nothing', async () => {
      const key = await madeKey();
      const [one, other] = [await made(key), await made(key)];
      for (const _ of [1, 2]) await setting.store.endSession(one.tokenHash);
      expect(await find(one)).toBeUndefined();
      expect(await find(other)).toEqual(plain(other));
    });

    test('of another process ends at once', async () => {
      const session = await made(await madeKey());
      const other = await setting.place.open('tool', setting.clock.now);
      try {
        expect(plain(await other.findSession(session.tokenHash))).toEqual(plain(session));
        await other.endSession(session.tokenHash);
        expect(await find(session)).toBeUndefined();
      } finally {
        await other.close();
      }
    });

    test('gives way to newer ones of its key and kind beyond the limit', async () => {
      const [key, otherKey] = [await madeKey(), await madeKey()];
      const link = await made(key, 'sign_in');
      const ofOther = await made(otherKey);
      const sessions: Session[] = [];
      for (let count = 0; count < limits.sessionsPerKeyMax; count++) {
        sessions.push(await made(key));
        setting.clock.advance(1);
      }
      expect(await find(sessions[0]!)).toBeDefined();
      const together = await Promise.all([made(key), made(key), made(key)]);
      const found = await Promise.all([...sessions, ...together].map(find));
      expect(found.filter((session) => session === undefined)).toHaveLength(3);
      expect(found.slice(0, 3)).toEqual([undefined, undefined, undefined]);
      expect(await find(ofOther)).toBeDefined();
      expect(await setting.store.takeSignIn(link.tokenHash)).toBeDefined();
    });

    test('and a token to sign in with are two: this is taken once, and is no session', async () => {
      const key = await madeKey();
      const [session, link] = [await made(key), await made(key, 'sign_in')];
      expect(await find(link)).toBeUndefined();
      expect(await setting.store.takeSignIn(session.tokenHash)).toBeUndefined();
      const taken = await Promise.all(
        [1, 2, 3].map(() => setting.store.takeSignIn(link.tokenHash)),
      );
      expect(taken.filter((one) => one !== undefined).map(plain)).toEqual([plain(link)]);
      expect(await find(session)).toBeDefined();
    });

    test('is purged when its time is over', async () => {
      setting.clock.advance(limits.sessionSecondsMax * 1_000);
      await setting.purgeAll();
      const [short, long] = [await madeKey(setting.now + 1_000), await madeKey()];
      const sessions = [await made(short), await made(long)];
      expect(await setting.purgeAll()).toBe(0);
      setting.clock.advance(1_000);
      expect(await setting.purgeAll()).toBe(1);
      expect((await Promise.all(sessions.map(find))).map((found) => found !== undefined)).toEqual([
        false,
        true,
      ]);
    });
  });
}

/** With bytes that can be compared, whichever class they are of. */
function plain(session: Session | undefined): object | undefined {
  return session && { ...session, tokenHash: Buffer.from(session.tokenHash).toString('hex') };
}
