// The contract of keyed hashes: the same on every node and after every start, of one text and tenant.

import { expect, test } from 'vitest';
import { type MakeStorePlace, useStore } from './setting.js';

export function keyedHashContract(makePlace: MakeStorePlace): void {
  const setting = useStore(makePlace);

  test('a keyed hash is the same in another process and after another start', async () => {
    const texts = ['', 'text', '{"a":"é😀"}', 'x'.repeat(40_000)];
    const hashes = () => texts.map((text) => setting.store.keyedHash('tenant', text));
    const before = hashes();
    for (const hash of before) expect(hash).toMatch(/^[\w-]{22}$/);
    expect(new Set(before).size).toBe(texts.length);

    const other = await setting.place.open('tool', setting.clock.now);
    expect(texts.map((text) => other.keyedHash('tenant', text))).toEqual(before);
    await other.close();
    await setting.store.close();
    setting.store = await setting.place.open('server', setting.clock.now);
    expect(hashes()).toEqual(before);
  });

  test('a keyed hash is another one for another tenant, and in another store', async () => {
    const hash = setting.store.keyedHash('tenant', 'text');
    expect(setting.store.keyedHash('other', 'text')).not.toBe(hash);
    const place = await makePlace();
    const store = await place.open();
    const elsewhere = store.keyedHash('tenant', 'text');
    await store.close();
    await place.remove();
    expect(elsewhere).not.toBe(hash);
  });
}
