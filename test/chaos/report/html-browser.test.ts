import axe from 'axe-core';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../../src/chaos/report/html.js';
import { chromiumProgram, ifChromium, startChromium } from '../../apps/webportal/chromium.js';
import { newVisitor, screenshot } from '../../apps/webportal/visitor.js';
import { dbDownInhibited, dbDownPassed, dbDownRehearsed, loadPassed } from '../records.js';
import { temporaryFolder } from '../temporary-folder.js';
import { strangeRecord } from './strange-record.js';

const records = [
  ['passed', dbDownPassed()],
  ['weakness', dbDownInhibited()],
  ['rehearsed', dbDownRehearsed()],
  ['load', loadPassed()],
  ['strange', strangeRecord()],
] as const;

describe.skipIf(chromiumProgram === undefined)(`a report in a browser${ifChromium}`, { timeout: 60_000 }, () => {
  let chromium: Awaited<ReturnType<typeof startChromium>>;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterAll(() => chromium.close());

  /** A report in a window of its own, without scripts, as a file somebody was sent. */
  async function opened(html: string) {
    const file = join(await temporaryFolder(), 'report.html');
    await writeFile(file, html);
    const visitor = await newVisitor(chromium.browser);
    const requests: string[] = [];
    visitor.page.on('request', (request) => requests.push(request.url()));
    await visitor.page.goto(pathToFileURL(file).href);
    return { ...visitor, requests, file };
  }

  it.each(records)('has nothing that axe finds wrong, light or dark: %s', async (name, record) => {
    const { page, complaints, requests } = await opened(reportHtml(record));
    await unfold(page);
    await page.evaluate(axe.source);
    for (const [value, options] of [
      ['light', '{}'],
      ['dark', '{ runOnly: ["color-contrast"] }'],
    ] as const) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      const violations = await page.evaluate(
        `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html))`,
      );
      expect([value, violations]).toEqual([value, []]);
      await screenshot(page, `${name}-${value}`);
    }
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it.each(records.slice(3))('fits into any window: %s', async (_, record) => {
    const { page } = await opened(reportHtml(record));
    await unfold(page);
    for (const width of [1280, 640, 320]) {
      await page.setViewport({ width, height: 800 });
      expect([width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([width, width]);
    }
  });

  it('can be walked by keyboard: past the marks of a drawing, or from mark to mark', async () => {
    const { page } = await opened(reportHtml(dbDownPassed()));
    const focused = () =>
      page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Go to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Go to the numbers of: The chain, link by link, in time after the fault');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^fault accepted: met/);
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^target not ready: met, at \+0:02/);
  });

  it('shows on paper what is folded on the screen, dark on light', async () => {
    const { page } = await opened(reportHtml(dbDownPassed()));
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    const isShown = () => page.evaluate('document.querySelector("#chain-data table").checkVisibility()');
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await isShown()).toBe(false);
    expect(await ground()).toBe('rgb(13, 17, 23)');
    await page.emulateMediaType('print');
    expect(await isShown()).toBe(true);
    expect(await ground()).toBe('rgb(255, 255, 255)');
  });
});

async function unfold(page: Page): Promise<void> {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
}
