import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page, SerializedAXNode } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { chromiumProgram, ifChromium, startChromium } from './chromium.js';
import { drawnPicture } from './drawn-picture.js';
import { everythingUp, startFakeApi } from './fake-api.js';
import { openPortal } from './open-portal.js';
import { newVisitor, screenshot } from './visitor.js';

const name = 'a-name-of-thirty-two-characters-x';

/** Serves the same picture at any address, as the images service does to browsers. */
async function startPictures(): Promise<string> {
  const picture = drawnPicture(320, 320);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${String((server.address() as AddressInfo).port)}`;
}

async function startPortal() {
  const api = await startFakeApi({
    ...everythingUp,
    'POST /api/sessions': { status: 201, body: { token: 'a-token', name, expiresAt: '2040-01-02T03:04:05.000Z' } },
    'GET /api/profile': {
      status: 200,
      body: { name, createdAt: '2026-11-21T10:00:00.000Z', picture: '/uploads/x.png' },
    },
  });
  const service = await openPortal(api.url, { IMAGES_URL: await startPictures() });
  const { port } = await service.listen();
  return { api, url: `http://localhost:${String(port)}` };
}

/** Every kind of page there is, one after the other: what it is called, and how to get there. */
const pages: readonly (readonly [
  string,
  (page: Page, portal: Awaited<ReturnType<typeof startPortal>>) => Promise<unknown>,
])[] = [
  ['home', (page, { url }) => page.goto(url)],
  ['not-found', (page, { url }) => page.goto(`${url}/nowhere`)],
  ['register', (page, { url }) => page.goto(`${url}/register`)],
  ['register-problems', (page) => Promise.all([page.waitForNavigation(), page.click('main button')])],
  ['log-in', (page, { url }) => page.goto(`${url}/login?notice=logged-out`)],
  [
    'auth-away',
    async (page, { api, url }) => {
      api.answers['GET /api/status'] = { status: 200, body: { auth: 'down', images: 'up' } };
      await page.goto(`${url}/login`);
      Object.assign(api.answers, everythingUp);
    },
  ],
  [
    'profile',
    async (page) => {
      await page.type('#name', name);
      await page.type('#password', 'analytical engine');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    },
  ],
  ['home-logged-in', (page, { url }) => page.goto(url)],
  [
    'profile-problem',
    async (page, { url }) => {
      await page.goto(`${url}/profile`);
      await page.click('main button');
      await page.waitForSelector('.summary');
    },
  ],
];

const flat = (node: SerializedAXNode): SerializedAXNode[] => [node, ...(node.children ?? []).flatMap(flat)];

describe.skipIf(chromiumProgram === undefined)(`every page in a browser${ifChromium}`, { timeout: 60_000 }, () => {
  let chromium: Awaited<ReturnType<typeof startChromium>>;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterAll(() => chromium.close());

  it('has a title, one heading of the first level, landmarks, and a name for each control', async () => {
    const portal = await startPortal();
    const { page, complaints } = await newVisitor(chromium.browser);

    for (const [title, open] of pages) {
      await open(page, portal);
      const tree = await page.accessibility.snapshot({ interestingOnly: false });
      const nodes = tree === null ? [] : flat(tree);

      const roles = nodes.map(({ role }) => role);
      for (const landmark of ['banner', 'navigation', 'main', 'contentinfo']) {
        expect([title, landmark, roles.filter((role) => role === landmark).length]).toEqual([title, landmark, 1]);
      }
      expect([title, nodes.filter(({ role, level }) => role === 'heading' && level === 1).length]).toEqual([title, 1]);
      const controls = nodes.filter(({ role }) => ['link', 'button', 'textbox', 'image'].includes(role));
      expect(controls.length).toBeGreaterThan(3);
      expect(controls.filter((control) => (control.name ?? '').trim() === '')).toEqual([]);
      expect(await page.title()).toMatch(/\S - Portal$/);
      expect(await page.evaluate('document.documentElement.lang')).toBe('en');
      await page.evaluate(axe.source);
      expect([
        title,
        await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))'),
      ]).toEqual([title, []]);
    }
    expect(complaints).toEqual([]);
  });

  it('says with a field what it wants and what is wrong with it', async () => {
    const portal = await startPortal();
    const { page } = await newVisitor(chromium.browser);
    await page.goto(`${portal.url}/register`);
    const before = await fieldsOf(page);

    await Promise.all([page.waitForNavigation(), page.click('main button')]);
    const after = await fieldsOf(page);

    const hint = '3 to 32 lower-case letters, digits and hyphens';
    expect(before[0]).toMatchObject({ name: 'Name', description: hint, required: true });
    expect(before.map(({ invalid }) => invalid)).toEqual([undefined, undefined]);
    expect(after[0]).toMatchObject({ description: `${hint} Choose a name`, invalid: 'true' });
    expect(after.map(({ invalid }) => invalid)).toEqual(['true', 'true']);
  });

  // 640 is a window of 1280 at 200 %, 320 one at 400 %.
  it('fits into any window and can be read, light and dark', async () => {
    const portal = await startPortal();
    const { page } = await newVisitor(chromium.browser);

    for (const [title, open] of pages) {
      await open(page, portal);
      for (const width of [1280, 640, 360, 320]) {
        await page.setViewport({ width, height: 800 });
        expect([title, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([title, width]);
        for (const value of ['light', 'dark']) {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
          expect([title, value, await page.evaluate(faintTexts)]).toEqual([title, value, []]);
          await screenshot(page, `${title}-${value}-${String(width)}`);
        }
      }
    }
  });
});

/** What gives the faint texts of a page when it is run there. */
const faintTexts = readFileSync(new URL('faint-texts.js', import.meta.url), 'utf8');

const fieldsOf = async (page: Page): Promise<SerializedAXNode[]> => {
  const tree = await page.accessibility.snapshot();
  return tree === null ? [] : flat(tree).filter(({ role }) => role === 'textbox');
};
