import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { onTestFinished } from 'vitest';

/** Somebody at a browser window of their own, without cookies of anybody else. */
export interface Visitor {
  readonly page: Page;
  /** What the browser had against a page: failed scripts, things the content security policy refused. */
  readonly complaints: readonly string[];
  /** Does something that leads to another page, and waits until that is there with its pictures. */
  follow(action: () => Promise<unknown>): Promise<number | undefined>;
  /** Presses or follows what screen readers call by this name. */
  press(role: 'link' | 'button', name: string): Promise<number | undefined>;
  /** Types into the field with this label, after what stands there. */
  type(label: string, text: string): Promise<void>;
  choose(file: string): Promise<void>;
  /** The words on the page as they are seen. */
  words(): Promise<unknown>;
  heading(): Promise<unknown>;
}

export async function newVisitor(
  browser: Browser,
  options: { readonly width?: number; readonly scheme?: 'light' | 'dark'; readonly scripts?: boolean } = {},
): Promise<Visitor> {
  const context = await browser.createBrowserContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.setViewport({ width: options.width ?? 1280, height: 800 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: options.scheme ?? 'light' }]);
  await page.setJavaScriptEnabled(options.scripts ?? true);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused/i.test(message.text())) complaints.push(message.text());
  });

  const follow: Visitor['follow'] = async (action) => {
    const [answer] = await Promise.all([page.waitForNavigation(), action()]);
    return answer?.status();
  };
  return {
    page,
    complaints,
    follow,
    press: (role, name) => follow(() => page.click(`::-p-aria([name="${name}"][role="${role}"])`)),
    type: (label, text) => page.type(`::-p-aria([name="${label}"][role="textbox"])`, text),
    async choose(file) {
      const input = await page.$('input[type="file"]');
      if (input === null) throw new Error('the page takes no file');
      await input.uploadFile(file);
    },
    words: () => page.evaluate('document.body.innerText'),
    heading: () => page.evaluate('document.querySelector("h1").innerText'),
  };
}

/** Where screenshots are wanted, such as `PLATFORM_SCREENSHOTS=screenshots`. */
const screenshots = process.env['PLATFORM_SCREENSHOTS'];

/** Takes a picture of the whole page, if somebody wants to look. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (screenshots === undefined) return;
  await mkdir(screenshots, { recursive: true });
  const path = join(screenshots, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  console.log(path);
}
