import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ifPostgres, postgresPrograms } from '../postgres.js';
import { chromiumProgram, ifChromium, startChromium } from './chromium.js';
import { drawnPicture } from './drawn-picture.js';
import { startSystem, type System } from './system.js';
import { newVisitor, screenshot, type Visitor } from './visitor.js';

const missing = chromiumProgram === undefined || postgresPrograms === undefined;
const password = 'analytical engine';

// What runs in a page is text: its types are not those of the tests.

/** How many pixels wide the picture on the profile is that really arrived. */
const widthOfPortrait = (page: Page) => page.evaluate('document.querySelector("img.portrait").naturalWidth');

const focused = (page: Page) => page.evaluate('document.activeElement.id || document.activeElement.className');

/** What the api knows of the others may be a second old. */
async function openUntil(status: number, page: Page, url: string): Promise<void> {
  while ((await page.goto(url))?.status() !== status);
}

/** Where the keyboard is, and the line around it. */
const keyboardStop = `(() => {
  const active = document.activeElement;
  return { stop: active.id || active.innerText.trim(), outline: getComputedStyle(active).outlineStyle };
})()`;

describe.skipIf(missing)(`the portal in a browser${ifChromium}${ifPostgres}`, { timeout: 60_000 }, () => {
  let system: System;
  let chromium: Awaited<ReturnType<typeof startChromium>>;
  let folder: string;
  let picture: string;
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'platform-portal-'));
    picture = join(folder, 'me.png');
    await writeFile(picture, drawnPicture(320, 240));
    [system, chromium] = await Promise.all([startSystem(), startChromium()]);
  }, 60_000);
  afterAll(async () => {
    await chromium.close();
    await system.close();
    await rm(folder, { recursive: true, force: true });
  });

  const newName = () => `visitor-${String(++count)}`;

  async function register(visitor: Visitor, name: string): Promise<void> {
    await visitor.page.goto(`${system.url}/register`);
    await visitor.type('Name', name);
    await visitor.type('Password', password);
    await visitor.press('button', 'Register');
  }

  it.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('takes somebody from registering to seeing a picture %s', async (_how, scripts) => {
    const visitor = await newVisitor(chromium.browser, { scripts });
    const { page } = visitor;
    const name = newName();

    await page.goto(system.url);
    await visitor.press('link', 'Register');
    await visitor.type('Name', name);
    await visitor.type('Password', password);
    await visitor.press('button', 'Register');
    expect(page.url()).toBe(`${system.url}/profile?notice=registered`);
    expect(await visitor.words()).toContain('No picture yet');

    await visitor.press('button', 'Log out');
    expect(await visitor.words()).toContain('You are logged out.');
    await page.goto(`${system.url}/profile`);
    expect(page.url()).toBe(`${system.url}/login`);

    await visitor.type('Name', name);
    await visitor.type('Password', password);
    await visitor.press('button', 'Log in');
    expect(page.url()).toBe(`${system.url}/profile`);

    await visitor.choose(picture);
    await visitor.press('button', 'Upload');
    expect(await visitor.words()).toContain('Your picture is saved.');
    expect(await widthOfPortrait(page)).toBe(320);
    expect(await page.evaluate('document.querySelector("img.portrait").alt')).toBe(`Picture of ${name}`);

    await page.goto(`${system.url}/profile`);
    expect(await widthOfPortrait(page)).toBe(320);
    expect(await visitor.heading()).toBe(name);
    expect(visitor.complaints).toEqual([]);
    await screenshot(page, `story-${scripts ? 'with' : 'without'}-scripts`);
  });

  it('can be used with the keyboard alone, and shows where one is', async () => {
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    const name = newName();
    const tabTo = async (wanted: string): Promise<string[]> => {
      const stops: string[] = [];
      while (stops.at(-1) !== wanted) {
        expect(stops.length).toBeLessThan(12);
        await page.keyboard.press('Tab');
        const { stop, outline } = (await page.evaluate(keyboardStop)) as { stop: string; outline: string };
        expect(`${stop}: ${outline}`).toBe(`${stop}: solid`);
        stops.push(stop);
      }
      return stops;
    };

    await page.goto(system.url);
    expect(await tabTo('Register')).toEqual(['Skip to the content', 'Portal', 'Log in', 'Register']);
    await visitor.follow(() => page.keyboard.press('Enter'));

    await tabTo('name');
    await page.keyboard.type(name);
    await tabTo('password');
    await page.keyboard.type(password);
    await visitor.follow(() => page.keyboard.press('Enter'));
    expect(page.url()).toBe(`${system.url}/profile?notice=registered`);

    expect(await tabTo('picture')).toEqual(['Skip to the content', 'Portal', 'Profile', 'Log out', 'picture']);
    const chooser = page.waitForFileChooser({ timeout: 10_000 });
    // Until the browser has heard that we choose.
    await page.title();
    await page.keyboard.press('Enter');
    await (await chooser).accept([picture]);
    await tabTo('Upload');
    await visitor.follow(() => page.keyboard.press('Space'));
    expect(await widthOfPortrait(page)).toBe(320);

    await tabTo('Log out');
    await visitor.follow(() => page.keyboard.press('Enter'));
    expect(await visitor.words()).toContain('You are logged out.');
  });

  it('skips to the content', async () => {
    const { page } = await newVisitor(chromium.browser);
    await page.goto(`${system.url}/login`);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');

    expect(await focused(page)).toBe('name');
  });

  it('moves to what is wrong, and from there to the field', async () => {
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    await page.goto(`${system.url}/login`);
    await visitor.type('Name', 'nobody-of-this-name');

    expect(await visitor.press('button', 'Log in')).toBe(400);

    expect(await focused(page)).toBe('summary');
    await page.click('::-p-aria([name="Enter your password"][role="link"])');
    expect(await focused(page)).toBe('password');

    await page.keyboard.type(password);
    expect(await visitor.follow(() => page.keyboard.press('Enter'))).toBe(401);
    expect(await visitor.words()).toContain('Wrong name or password');
    await screenshot(page, 'wrong-password');
  });

  it('shows the chosen picture before it is uploaded', async () => {
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    await register(visitor, newName());

    await visitor.choose(picture);

    await page.waitForSelector('.preview:not([hidden]) img');
    expect(await page.evaluate('document.querySelector(".preview img").decode().then(() => "decoded")')).toBe(
      'decoded',
    );
    expect(visitor.complaints).toEqual([]);
    await screenshot(page, 'preview');
  });

  it('says that a file is too large before it travels', async () => {
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    await register(visitor, newName());
    const large = join(folder, 'large.png');
    await writeFile(large, Buffer.concat([drawnPicture(8, 8), Buffer.alloc(6 * 1024 * 1024)]));
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));

    await visitor.choose(large);
    await page.click('::-p-aria([name="Upload"][role="button"])');

    await page.waitForSelector('#picture-problem[role="alert"]');
    expect(await visitor.words()).toContain('This file is too large');
    expect(await focused(page)).toBe('picture');
    expect(sent).toEqual([]);
  });

  it('says without scripts as well that a file is too large', async () => {
    const visitor = await newVisitor(chromium.browser, { scripts: false });
    await register(visitor, newName());
    const large = join(folder, 'much-too-large.png');
    await writeFile(large, Buffer.concat([drawnPicture(8, 8), Buffer.alloc(20 * 1024 * 1024)]));

    await visitor.choose(large);

    expect(await visitor.press('button', 'Upload')).toBe(413);
    expect(await visitor.words()).toContain('This file is larger than 5 MB');
  });

  it('shows what the server has against a picture in its place, and takes the next one', async () => {
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    await register(visitor, newName());
    const poser = join(folder, 'poser.png');
    await writeFile(poser, 'GIF89a, really');

    await visitor.choose(poser);
    await page.click('::-p-aria([name="Upload"][role="button"])');

    await page.waitForSelector('#picture-problem');
    expect(await visitor.words()).toContain('This file is not a PNG picture');
    expect(await focused(page)).toBe('summary');
    await screenshot(page, 'no-png');

    await visitor.choose(picture);
    await visitor.press('button', 'Upload');
    expect(await widthOfPortrait(page)).toBe(320);
    expect(visitor.complaints).toEqual([]);
  });

  it('says that the auth service is away while the database is, and works again with it', async () => {
    const sentence = 'Failed to communicate with Auth service';
    const visitor = await newVisitor(chromium.browser);
    const { page } = visitor;
    const name = newName();
    await register(visitor, name);
    await visitor.press('button', 'Log out');
    await page.goto(`${system.url}/login`);

    await system.postgres.stop();
    await visitor.type('Name', name);
    await visitor.type('Password', password);
    expect(await visitor.press('button', 'Log in')).toBe(503);
    expect(await visitor.words()).toContain(sentence);
    await screenshot(page, 'auth-is-down');
    await openUntil(503, page, `${system.url}/login`);
    expect(await visitor.words()).toContain(sentence);
    expect(await visitor.press('link', 'Try again')).toBe(503);

    await system.postgres.start();
    await openUntil(200, page, `${system.url}/login`);
    expect(await visitor.words()).not.toContain(sentence);
    await visitor.type('Name', name);
    await visitor.type('Password', password);
    await visitor.press('button', 'Log in');
    expect(await visitor.heading()).toBe(name);
  });
});
