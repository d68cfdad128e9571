// Where master keys come from: a file, the environment or a command, several at a time.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MasterKeys, newMasterKeyText, parseMasterKey } from '../src/master-key.js';
import {
  addMasterKey,
  MasterKeyRing,
  type MasterKeySource,
  readMasterKeys,
} from '../src/master-key-source.js';
import { temporaryDirectory } from './support/test-config.js';

const directory = temporaryDirectory();
afterAll(() => rmSync(directory, { recursive: true }));

const [one, two, three] = [newMasterKeyText(), newMasterKeyText(), newMasterKeyText()] as const;
const nowhere = join(directory, 'nowhere');

function sourceOf(changes: Partial<MasterKeySource>): MasterKeySource {
  const none = { masterKey: null, masterKeyCommand: null, masterKeyFile: null };
  return { ...none, dataDir: nowhere, databaseUrl: null, ...changes };
}

/** Texts of the keys that a source gives, the current one first. */
function keysOf(changes: Partial<MasterKeySource>): string[] {
  const { keys } = readMasterKeys(sourceOf(changes), false);
  return keys.keys.map((key) => Buffer.from(key).toString('hex'));
}

function fileOf(text: string, name = 'some.key'): string {
  const file = join(directory, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

describe('several keys', () => {
  const base64 = Buffer.from(two, 'hex').toString('base64');
  test.each([
    ['a line each', `${one}\n${two}\n`],
    ['Windows lines and blank ones', `\r\n${one}\r\n\r\n${two}\r\n`],
    ['commas', `${one},${two}`],
    ['hex and base64 together', `${one.toUpperCase()} ${base64}`],
  ])('as %s', (_, text) => {
    expect(keysOf({ masterKey: text })).toEqual([one, two]);
    expect(keysOf({ masterKeyFile: fileOf(text) })).toEqual([one, two]);
    const masterKeyCommand = `cat '${fileOf(text)}'`;
    expect(keysOf({ masterKeyCommand })).toEqual([one, two]);
  });

  test.each([
    ['none', ''],
    ['one of them too short', `${one}\n${two.slice(1)}`],
    ['more than ten', Array.from({ length: 11 }, newMasterKeyText).join('\n')],
  ])('are refused where there is %s, and never told', (_, text) => {
    const file = fileOf(text);
    let message = '';
    try {
      keysOf({ masterKeyFile: file });
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toContain(`The master key of ${file} is not`);
    for (const part of text.split('\n').filter(Boolean)) expect(message).not.toContain(part);
  });

  test('the first one wraps, each one unwraps, another one does not', () => {
    const older = new MasterKeys([parseMasterKey(one)!]);
    const both = new MasterKeys([parseMasterKey(two)!, parseMasterKey(one)!]);
    const key = Buffer.alloc(32, 7);
    const before = older.wrap('purpose', key);
    const after = both.wrap('purpose', key);
    expect(both.unwrap('purpose', before)).toEqual(key);
    expect([both.isCurrent(before), both.isCurrent(after)]).toEqual([false, true]);
    expect(older.unwrap('purpose', after)).toBeUndefined();
    expect(both.unwrap('other purpose', after)).toBeUndefined();
    for (let bit = 0; bit < after.length * 8; bit++) {
      const changed = Buffer.from(after);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(both.unwrap('purpose', changed)).toBeUndefined();
    }
  });
});

const failure = (masterKeyCommand: string) => () => keysOf({ masterKeyCommand });

describe('a command', () => {
  test('that fails, prints nothing or something else is told apart', () => {
    expect(failure('exit 3')).toThrow('BATON_MASTER_KEY_COMMAND ended with 3; it must print');
    expect(failure(`echo ${one}; exit 1`)).toThrow('ended with 1');
    expect(failure('no-such-program-anywhere')).toThrow('ended with 127');
    expect(failure('true')).toThrow('The master key of the output of BATON_MASTER_KEY_COMMAND');
    expect(failure('echo secret-but-short')).not.toThrow('secret-but-short');
    expect(failure(`kill -9 $$`)).toThrow('ended by SIGKILL');
  });

  test('that hangs is given ten seconds, whatever it has started', { timeout: 20_000 }, () => {
    const startedAt = performance.now();
    expect(failure('sleep 60; echo late')).toThrow('within 10 seconds');
    expect(performance.now() - startedAt).toBeLessThan(13_000);
  });
});

describe('a rotation of the key file', () => {
  test('puts a new key first, keeps the others, mode and link', () => {
    mkdirSync(join(directory, 'real'));
    const real = fileOf(`${one}\n${two}\n`, 'real/master.key');
    chmodSync(real, 0o640);
    const link = join(directory, 'link.key');
    symlinkSync(real, link);
    addMasterKey(link);
    const [first, ...others] = keysOf({ masterKeyFile: real });
    expect(others).toEqual([one, two]);
    expect([one, two]).not.toContain(first);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(real, 'utf8'));
  });

  test('is refused where the file is full, or in a directory that cannot be written', () => {
    const full = fileOf(Array.from({ length: 10 }, newMasterKeyText).join('\n'), 'full.key');
    const before = readFileSync(full, 'utf8');
    expect(() => addMasterKey(full)).toThrow(/has 10 keys already; remove the last lines/);
    expect(readFileSync(full, 'utf8')).toBe(before);
    // Not even root may make a file there.
    expect(() => addMasterKey('/proc/self/comm')).toThrow(/cannot be changed \(\w+\); put/);
  });
});

const wrappedBy = (text: string) =>
  new MasterKeys([parseMasterKey(text)!]).wrap('x', Buffer.alloc(32));

describe('a running process', () => {
  test('reads the file again where a key is missing, and only then', () => {
    const file = fileOf(one, 'ring.key');
    const source = sourceOf({ masterKeyFile: file });
    const ring = new MasterKeyRing(source, readMasterKeys(source, false).keys);
    expect(ring.keysFor(wrappedBy(two)).has(wrappedBy(two))).toBe(false);
    fileOf(`${two}\n${one}`, 'ring.key');
    expect(ring.keysFor(wrappedBy(one)).isCurrent(wrappedBy(one))).toBe(true);
    expect(ring.keysFor(wrappedBy(two)).isCurrent(wrappedBy(two))).toBe(true);
    expect(ring.keysFor(wrappedBy(three)).has(wrappedBy(three))).toBe(false);
    execFileSync('rm', [file]);
    expect(() => ring.keysFor(wrappedBy(three))).toThrow(/is missing; put it back/);
    expect(ring.keysFor(wrappedBy(one)).has(wrappedBy(one))).toBe(true);
    fileOf(`${three}\n${two}`, 'ring.key');
    expect(ring.keysFor(wrappedBy(three)).has(wrappedBy(three))).toBe(true);
  });
});
