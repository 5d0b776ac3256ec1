import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { launch, type Browser } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function findChromium(): string | undefined {
  const named = process.env['CHROME_PATH'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...(named === undefined ? [] : [named]), ...candidates].find(isExecutable);
}

/** The browser of this machine; `undefined` without one. */
export const chromiumProgram = findChromium();

/** Put behind the name of a suite that is skipped without it. */
export const ifChromium = chromiumProgram === undefined ? ' (needs Chromium, and there is none: CHROME_PATH)' : '';

/** A browser of its own, with nothing kept from before; `close` removes what it kept. */
export async function startChromium(): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  if (chromiumProgram === undefined) throw new Error('no Chromium here');
  const userDataDir = await mkdtemp(join(tmpdir(), 'platform-chromium-'));
  const browser = await launch({
    executablePath: chromiumProgram,
    userDataDir,
    args: [
      // Its sandbox refuses to start as root, and in most containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--lang=en',
    ],
  });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
