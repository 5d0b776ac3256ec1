import { describe, expect, it } from 'vitest';
import { graphHtml } from '../../../src/ui/graph/html.js';
import { graphOf, measuredGraph, need, node, oddText } from './given.js';
import { elementsOf } from './well-formed.js';

const body = (html: string) => html.slice(html.indexOf('<body>'), html.indexOf('</body>') + '</body>'.length);

describe('the graph as a page', () => {
  it('has the drawing, the critical path, and a row for each release with its times and needs', async () => {
    const html = await graphHtml(measuredGraph());
    expect(html).toContain('<svg xmlns');
    expect(html).toContain(
      '<tr><td>cert-manager webhook</td><td class="time"><span style="width:50.0%"></span>3.0s</td></tr>',
    );
    expect(html).toContain(
      [
        '<tr><th scope="row">web <abbr title="on the critical path">*</abbr></th><td>2</td><td>apps</td><td>web 1.2.3</td>',
        '<td class="time"><span style="width:30.0%"></span>900ms</td><td class="time"></td><td>ready</td>',
        '<td><strong>cert-manager:webhook</strong><br>cert-manager:crds <small>derived: creates Certificate/web</small></td></tr>',
      ].join(''),
    );
    expect(html).toContain('<td>omitted: simulated nodes have no network</td>');
  });

  it('says so where nothing was ever measured, by leaving the times out', async () => {
    const html = await graphHtml(graphOf({ releases: [node('web')] }));
    expect(html).not.toContain('Critical path');
    expect(html).toContain('<td class="time"></td><td class="time"></td>');
  });

  it('runs no scripts and loads nothing', async () => {
    const html = await graphHtml(measuredGraph());
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /<script|<link|href=|src=|@import|url\((?!#arrow)/,
    );
  });

  it('follows the light or dark of the system', async () => {
    const html = await graphHtml(measuredGraph());
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media(prefers-color-scheme:dark){body{background:#0d1117;color:#f0f6fc}');
  });

  it('lets no name or reason become markup', async () => {
    const releases = [node('web', { omitted: oddText }), node('db', { chart: oddText, namespace: oddText })];
    const edges = [need('web waits for db:ready', { facet: `a/${oddText}`, derived: oddText })];
    const html = await graphHtml(graphOf({ releases, edges, simulation: oddText }));
    const names = elementsOf(body(html).replaceAll('<br>', '<br/>'));
    expect(names).not.toContain('b');
    expect(names.filter((name) => name === 'tr')).toHaveLength(3);
  });
});
