import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inbox } from '../../../assets/apps/src/inbox/service.js';
import { folder } from '../folder.js';
import { opened } from '../running.js';

type App = Awaited<ReturnType<typeof opened>>['app'];

async function given(settings: Readonly<Record<string, string>> = {}) {
  const path = await folder();
  const file = join(path, 'deliveries.jsonl');
  return { path, file, app: (await opened(inbox, { DELIVERIES_FILE: file, ...settings })).app };
}

/** As Alertmanager 0.34 sends it. */
const webhook = (alertname: string, status: 'firing' | 'resolved' = 'firing') => ({
  version: '4',
  groupKey: `{}:{alertname="${alertname}"}`,
  truncatedAlerts: 0,
  status,
  receiver: 'inbox',
  groupLabels: { alertname },
  commonLabels: { alertname, severity: 'critical' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager',
  alerts: [
    {
      status,
      labels: { alertname, severity: 'critical' },
      annotations: { summary: 'The database is away' },
      startsAt: '2026-01-31T12:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus',
      fingerprint: '4ae4e5a0b1c2d3e4',
    },
  ],
});

const slack = (title: string) => ({
  channel: '#alerts',
  username: 'Alertmanager',
  attachments: [{ title, color: 'danger' }],
});

const post = (app: App, url: string, payload: object) => app.inject({ method: 'POST', url, payload });

interface Listed {
  readonly deliveries: readonly {
    readonly kind: string;
    readonly status: string;
    readonly alerts: readonly { readonly name: string }[];
  }[];
}

async function listed(app: App, query = '') {
  const reply = await app.inject(`/api/deliveries${query}`);
  expect(reply.statusCode).toBe(200);
  return reply.json<Listed>().deliveries;
}

const namesIn = (deliveries: Listed['deliveries']) =>
  deliveries.flatMap(({ alerts }) => alerts.map(({ name }) => name));

describe('taking deliveries', () => {
  it('keeps what Alertmanager posts, taken apart and whole', async () => {
    const { app } = await given();
    const body = webhook('PostgresDown');

    const reply = await post(app, '/alerts', body);

    expect(reply.statusCode).toBe(200);
    expect(await listed(app)).toEqual([
      {
        id: reply.json<{ id: string }>().id,
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        kind: 'webhook',
        receiver: 'inbox',
        groupKey: body.groupKey,
        status: 'firing',
        alerts: [
          {
            name: 'PostgresDown',
            status: 'firing',
            labels: body.alerts[0]?.labels,
            annotations: { summary: 'The database is away' },
            startsAt: '2026-01-31T12:00:00Z',
            endsAt: '0001-01-01T00:00:00Z',
            fingerprint: '4ae4e5a0b1c2d3e4',
          },
        ],
        body,
      },
    ]);
  });

  it.each([
    ['[FIRING:1] PostgresDown app-services (critical)', 'firing', ['PostgresDown']],
    ['[RESOLVED] app-services PostgresDown', 'resolved', ['PostgresDown']],
    [
      '[FIRING:2] APIServiceDown HighErrorRatio (auth PostgresDown)',
      'firing',
      ['APIServiceDown', 'HighErrorRatio', 'PostgresDown'],
    ],
    ['good morning', 'unknown', []],
  ])('reads the Slack message "%s"', async (title, status, names) => {
    const { app } = await given();

    const reply = await post(app, '/slack/T0/B0/x', slack(title));

    expect({ status: reply.statusCode, body: reply.body }).toEqual({ status: 200, body: 'ok' });
    const [delivery] = await listed(app);
    expect(delivery).toMatchObject({ kind: 'slack', receiver: 'T0/B0/x', groupKey: null, status, body: slack(title) });
    expect(delivery?.alerts.map(({ name }) => name)).toEqual(names);
  });

  it('refuses as Slack does', async () => {
    const { app } = await given();
    const empty = await post(app, '/slack/x', { channel: '#alerts' });
    const wrong = await post(app, '/slack/x', { text: 7 });
    expect([empty.statusCode, empty.body, wrong.statusCode, wrong.body]).toEqual([
      400,
      'no_text',
      400,
      'invalid_payload',
    ]);
    expect(await listed(app)).toEqual([]);
  });

  it('refuses what is no notification', async () => {
    const { app } = await given();
    const reply = await post(app, '/alerts', { ...webhook('PostgresDown'), version: '3' });
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ error: string }>().error).toContain('version');
  });

  it('says that it failed when it could not store, so that it is sent again', async () => {
    const { app, file } = await given();
    await mkdir(file);
    const reply = await post(app, '/alerts', webhook('PostgresDown'));
    expect({ status: reply.statusCode, body: reply.json<unknown>() }).toEqual({
      status: 503,
      body: { error: 'The delivery could not be stored' },
    });
    expect(await listed(app)).toEqual([]);
  });
});

describe('finding deliveries', () => {
  async function withThree() {
    const { app } = await given();
    await post(app, '/alerts', webhook('PostgresDown'));
    await post(app, '/slack/x', slack('[FIRING:1] HighLatency'));
    await post(app, '/alerts', webhook('PostgresDown', 'resolved'));
    return app;
  }

  it.each([
    ['', ['PostgresDown', 'HighLatency', 'PostgresDown']],
    ['?kind=slack', ['HighLatency']],
    ['?alert=PostgresDown', ['PostgresDown', 'PostgresDown']],
    ['?alert=PostgresDown&status=resolved', ['PostgresDown']],
    ['?since=2000-01-01T00:00:00Z', ['PostgresDown', 'HighLatency', 'PostgresDown']],
    ['?since=2999-01-01T00:00:00%2B02:00', []],
    ['?alert=Postgres', []],
  ])('finds %s, oldest first', async (query, names) => {
    expect(namesIn(await listed(await withThree(), query))).toEqual(names);
  });

  it('is since its own time of receipt', async () => {
    const app = await withThree();
    const all = (await app.inject('/api/deliveries')).json<{ deliveries: { receivedAt: string }[] }>().deliveries;
    const newest = String(all.at(-1)?.receivedAt);
    expect((await listed(app, `?since=${newest}`)).length).toBeGreaterThanOrEqual(1);
  });

  it.each(['?since=yesterday', '?kind=mail', '?status=unsure', '?alert=a&alert=b'])('refuses %s', async (query) => {
    const { app } = await given();
    expect((await app.inject(`/api/deliveries${query}`)).statusCode).toBe(400);
  });

  it('forgets them on demand', async () => {
    const app = await withThree();
    expect((await app.inject({ method: 'DELETE', url: '/api/deliveries' })).statusCode).toBe(204);
    expect(await listed(app)).toEqual([]);
  });
});

describe('the file of deliveries', () => {
  it('outlives the process, even where a crash tore its last line', async () => {
    const { app, file } = await given();
    await post(app, '/alerts', webhook('PostgresDown'));
    await appendFile(file, '{"id":"torn');

    const { app: next } = await opened(inbox, { DELIVERIES_FILE: file });
    await post(next, '/alerts', webhook('HighLatency'));

    const { app: last } = await opened(inbox, { DELIVERIES_FILE: file });
    expect(namesIn(await listed(last))).toEqual(['PostgresDown', 'HighLatency']);
  });

  it('is made with its folder', async () => {
    const file = join(await folder(), 'data', 'deliveries.jsonl');
    const { app } = await opened(inbox, { DELIVERIES_FILE: file });
    await post(app, '/alerts', webhook('PostgresDown'));
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2);
  });
});

describe('the page', () => {
  it('shows what was delivered as text, whatever it holds', async () => {
    const { app } = await given();
    const body = webhook('PostgresDown');
    await post(app, '/alerts', {
      ...body,
      receiver: '<img src=x onerror=alert(1)>',
      alerts: body.alerts.map((alert) => ({ ...alert, annotations: { summary: '"><script>alert(1)</script>' } })),
    });

    const page = await app.inject('/');

    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).not.toMatch(/<script|<img/);
    expect(page.body).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page.body).toContain('href="/runbooks/PostgresDown"');
  });

  it('can be narrowed down, and shows what it was narrowed to', async () => {
    const { app } = await given();
    await post(app, '/alerts', webhook('PostgresDown'));
    await post(app, '/alerts', webhook('HighLatency'));

    const page = await app.inject('/?alert=HighLatency&kind=&status=');

    expect(page.body).toContain('value="HighLatency"');
    expect(page.body).not.toContain('PostgresDown');
  });

  it('says when there is nothing', async () => {
    const { app } = await given();
    expect((await app.inject('/')).body).toContain('Nothing has been delivered.');
  });
});

describe('runbooks', () => {
  async function withRunbooks() {
    const path = await folder();
    await writeFile(
      join(path, 'PostgresDown.md'),
      '# Postgres\n\n<script>alert(1)</script> [ask](javascript:alert(1))\n',
    );
    await writeFile(join(path, 'notes.txt'), 'not one');
    return (await given({ RUNBOOKS_FOLDER: path })).app;
  }

  it('are listed and shown, and what is HTML in them is text', async () => {
    const app = await withRunbooks();

    const list = await app.inject('/runbooks/');
    const runbook = await app.inject('/runbooks/PostgresDown');

    expect(list.body).toContain('<a href="/runbooks/PostgresDown">PostgresDown</a>');
    expect(list.body).not.toContain('notes');
    expect(runbook.body).toContain('<h1>Postgres</h1>');
    expect(runbook.body).not.toMatch(/<script|href="javascript/);
  });

  it.each(['/runbooks/HighLatency', '/runbooks/..%2F..%2Fetc%2Fpasswd', '/runbooks/%3Cb%3E'])(
    'has none at %s',
    async (url) => {
      const app = await withRunbooks();
      const reply = await app.inject(url);
      expect(reply.statusCode).toBe(404);
      expect(reply.body).toContain('There is no runbook for this alert.');
      expect(reply.body).not.toContain('<b>');
    },
  );

  it('are none without a folder', async () => {
    const { app } = await given();
    expect((await app.inject('/runbooks/')).body).toContain('There are no runbooks here.');
  });
});
