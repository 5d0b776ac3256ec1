import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/chaos/report/compare.js';
import { reportHtml } from '../../../src/chaos/report/html.js';
import { elementsOf } from '../../ui/graph/well-formed.js';
import {
  brokenAt,
  dbDownInconclusive,
  dbDownInhibited,
  dbDownPassed,
  dbDownRehearsed,
  loadPassed,
} from '../records.js';
import { shortestRecord, strangeRecord } from './strange-record.js';

const body = (html: string) => html.slice(html.indexOf('<body>'), html.indexOf('</body>') + '</body>'.length);
const headings = (html: string) => [...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, text]) => text);
const labels = (html: string) => [...html.matchAll(/ class="mark"[^>]* aria-label="([^"]*)"/g)].map(([, text]) => text);

describe('a drill as a page', () => {
  it('begins with the verdict, and has a part for all that was seen', () => {
    const html = reportHtml(dbDownPassed(), { journal: '/state/drills/one/journal.jsonl' });
    expect(html).toContain('<title>Drill db-down of shop: passed</title>');
    expect(html).toContain('PostgresDown reached inbox 38.2s after postgres was gone');
    expect(headings(html)).toEqual([
      'The chain',
      'What users got',
      'The target',
      'Alerts',
      'Deliveries',
      'Taking back',
      'Before the fault',
    ]);
    expect(html).toContain('nothing differs from what was recorded before the fault');
    expect(html).toContain('as it was seen: /state/drills/one/journal.jsonl</p>');
  });

  it('has a mark for each link that says what it took, what was predicted, and how it is known', () => {
    const marks = labels(reportHtml(dbDownPassed()));
    expect(marks.slice(0, 11)).toHaveLength(11);
    expect(marks[4]).toBe(
      'firing (PostgresDown): met, at +0:37, took 30.0s, predicted 30.0s at most, allowed 1m 00s, startsAt of Alertmanager',
    );
  });

  it('names the link that broke, and why, in the drawing and in its numbers', () => {
    const html = reportHtml(dbDownInhibited());
    expect(labels(html)).toContain(
      'delivered (PostgresDown): broken, predicted 6.0s at most, allowed 12.0s, fired but inhibited by NodeDown',
    );
    expect(html).toMatch(/<path class="symbol broken" transform="translate\([\d. ]+\)"/);
    expect(html).toContain('<td>fired but inhibited by NodeDown</td>');
    expect(html).toContain('<td>inhibited by NodeDown</td>');
    expect(html).toContain('<div class="verdict bad">');
  });

  it('tells from the answers what users got, and for how long', () => {
    const marks = labels(reportHtml(dbDownPassed())).slice(11, 15);
    expect(marks).toEqual([
      'as usual from -0:09 for 12.0s, 12 times',
      'no answer from +0:03 for 1.0s, 1 times',
      'what is designed for this from +0:04 for 48.0s, 48 times',
      'as usual from +0:52 for 13.0s, 14 times',
    ]);
  });

  it('draws the autoscaler with the prediction, and the load with its answers', () => {
    const html = reportHtml(loadPassed());
    const marks = labels(html);
    expect(marks).toContain('desired: 2 at -0:10, highest 18 at +0:45, 2 at +7:00');
    expect(marks).toContain('predicted: 2 at 0:00, highest 18 at +1:00, 2 at +7:00');
    expect(marks).toContain('p95: 360ms at 0:00, highest 360ms at 0:00, 93ms at +3:00');
    expect(marks).toContain('not answered by 2xx: 0.8% at 0:00, highest 0.8% at 0:00, 0% at +3:00');
    // Down only after the load has ended.
    expect(html).toContain('<tr><th scope="row">+0:45</th><td>10</td></tr>');
    expect(html).toContain('<tr><th scope="row">+5:30</th><td>9</td></tr>');
    expect(html.match(/class="band"/g)).toHaveLength(5);
    expect(html).toContain('<td>ScalingLimited=True (TooManyReplicas)</td>');
  });

  it('says in its first lines that it was rehearsed', () => {
    const html = reportHtml(dbDownRehearsed());
    expect(html).toContain('<strong>passed (rehearsed)</strong>');
    expect(html).toContain('<li>users see it: simulated pods answer nobody</li>');
    expect(headings(html)).not.toContain('What users got');
  });

  it('tells who did not answer, and when', () => {
    const html = reportHtml(dbDownInconclusive());
    expect(headings(html)).toContain('What else happened');
    expect(html).toContain('prometheus did not answer: connect ECONNREFUSED 127.0.0.1:9090');
  });

  it('has what differs from another run where one was given', () => {
    const html = reportHtml(dbDownPassed(), { comparison: compareRuns(dbDownInhibited(), dbDownPassed()) });
    expect(html).toContain('<th scope="row">delivered (PostgresDown)</th><td>broken</td><td>2.4s</td><td>better</td>');
  });

  it('runs no scripts and asks nobody for anything', () => {
    for (const record of [dbDownPassed(), loadPassed()]) {
      const html = reportHtml(record);
      expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
      expect(html).not.toMatch(/<script|<link|<img|src=|href="(?!#)|@import|url\(/);
    }
  });

  it('has drawings of numbers only, also where nearly nothing is known', () => {
    const records = [
      shortestRecord(),
      strangeRecord(),
      dbDownPassed({ links: brokenAt('fault', 'refused') }),
      loadPassed(),
    ];
    for (const record of records) expect(reportHtml(record)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('lets nothing that others wrote become markup', () => {
    const html = reportHtml(strangeRecord());
    const elements = elementsOf(body(html));
    expect(elements).not.toContain('b');
    expect(elements).not.toContain('img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('leads every link on it to a place on it, and gives no name to two of them', () => {
    for (const record of [dbDownPassed(), loadPassed(), strangeRecord()]) {
      const html = reportHtml(record);
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
    }
  });
});
