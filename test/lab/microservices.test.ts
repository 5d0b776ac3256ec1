import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { contextName } from '../../src/kubernetes/kubeconfig.js';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import type { DrillResult } from '../../src/usecases/chaos-run.js';
import type { DestroyResult } from '../../src/usecases/destroy.js';
import type { ImagesBuildResult } from '../../src/usecases/images-build.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { UpResult } from '../../src/usecases/up.js';
import { scale } from '../e2e/edit.js';
import { monitoringThrough } from '../../src/monitoring/monitoring.js';
import { panelQueries } from '../dashboards/panel-queries.js';
import { createSandbox, type Sandbox } from '../e2e/sandbox.js';
import { browser, type Browse, type Question } from './browse.js';
import { knock } from './inside.js';
import { engine, publish, withoutEngine, withoutTraefik } from './lab.js';
import { domain, environmentName as name, microservices, publicImages } from './microservices.js';

const form = { 'content-type': 'application/x-www-form-urlencoded', origin: `https://webportal.${domain}` };
const user = { name: 'ada', password: 'correct horse battery' };

describe.skipIf(withoutEngine ?? withoutTraefik)(
  `the microservices environment on kind (${withoutEngine ?? withoutTraefik ?? 'a real one'})`,
  () => {
    let sandbox: Sandbox;
    let hadRegistry = false;
    let browse: Browse;
    let client: ClusterClient;
    /** Address of the picture that was uploaded. */
    let picture = '';

    beforeAll(async () => {
      sandbox = await createSandbox({ engine: true });
      await writeFile(join(sandbox.work, 'platform.yaml'), microservices());
      hadRegistry = (await (await engine()).container('platform-registry')) !== undefined;
    });
    afterAll(async () => {
      client.close();
      await sandbox.dispose();
    });

    const platform = <T>(...args: string[]) => sandbox.platform.json<T>(args);
    const portal = (path: string) => `https://webportal.${domain}${path}`;
    const textOf = async (url: string) => (await browse(url)).body.toString();

    it('has its six images built before there is a cluster', async () => {
      const { result, error } = await platform<ImagesBuildResult>('images', 'build');

      expect(error).toBeUndefined();
      expect(result.images.map((image) => image.name).sort()).toEqual([
        'api',
        'auth',
        'images',
        'inbox',
        'reaper',
        'webportal',
      ]);
      await publish(result.images[0]?.repository.split('/')[0] ?? '', publicImages);
    });

    it('is built from nothing', async () => {
      const { exitCode, result, error } = await platform<UpResult>('up', '--local');

      expect(error).toBeUndefined();
      expect(exitCode).toBe(0);
      expect(result).toMatchObject({ provider: 'kind', standIns: [] });
      const unready = async () => {
        const { result } = await platform<StatusResult>('status');
        return result.releases.filter(({ health }) => health !== 'ready' && health !== 'omitted');
      };
      // On a busy machine a probe may fail once.
      await expect.poll(unready, { timeout: 60_000, interval: 1000 }).toEqual([]);
      const { result: status } = await platform<StatusResult>('status');
      if (status.cluster.status !== 'running') throw new Error('the cluster does not run');
      browse = browser(
        await readFile(join(sandbox.paths.data, 'ca', 'ca.pem'), 'utf8'),
        status.cluster.made.ports?.https ?? 443,
      );
      client = await connect(sandbox.paths.kubeconfig, contextName(name));
    });

    it('lets somebody register, log in, and see the picture they upload, over HTTPS', async () => {
      const fields = new URLSearchParams(user).toString();
      const registered = await browse(portal('/register'), { method: 'POST', headers: form, body: fields });
      expect(registered.status).toBe(303);
      const loggedIn = await browse(portal('/login'), { method: 'POST', headers: form, body: fields });
      expect(loggedIn.status).toBe(303);
      const cookie = [loggedIn.headers['set-cookie'] ?? []]
        .flat()
        .map((text) => text.split(';')[0])
        .join('; ');

      const sample = await browse(`https://images.${domain}/uploads/sample.png`);
      expect(sample.status).toBe(200);
      const upload = new FormData();
      upload.set('picture', new Blob([new Uint8Array(sample.body)], { type: 'image/png' }), 'me.png');
      const encoded = new Request('https://any.test', { method: 'POST', body: upload });
      const uploaded = await browse(portal('/picture'), {
        method: 'POST',
        headers: { origin: form.origin, cookie, 'content-type': encoded.headers.get('content-type') ?? '' },
        body: Buffer.from(await encoded.arrayBuffer()),
      });
      expect(uploaded.status).toBe(303);

      const profile = (await browse(portal('/profile'), { headers: { cookie } })).body.toString();
      picture = /https:\/\/images\.[^"']+\/uploads\/[a-z0-9-]+\.png/.exec(profile)?.[0] ?? '';
      const seen = await browse(picture);
      expect(seen.headers['content-type']).toBe('image/png');
      expect(seen.body.equals(sample.body)).toBe(true);
    });

    it('is watched: every target is up, every rule is healthy, and nothing fires that should not', async () => {
      const { prometheus } = monitoringThrough(client);
      const jobs = ['api', 'auth', 'images', 'inbox', 'postgres-exporter', 'reaper', 'webportal'];
      const controlPlane = ['apiserver', 'kube-controller-manager', 'kube-etcd', 'kube-proxy', 'kube-scheduler'];

      const down = async () => {
        const targets = await prometheus.targets();
        const missing = [...jobs, ...controlPlane].filter(
          (job) => !targets.some(({ labels }) => labels['job'] === job),
        );
        return [...missing, ...targets.filter(({ health }) => health !== 'up').map(({ scrapeUrl }) => scrapeUrl)];
      };
      await expect.poll(down, { timeout: 120_000, interval: 2000 }).toEqual([]);
      const rules = (await prometheus.rules()).flatMap((group) => group.rules);
      expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
      expect(rules.map((rule) => rule.name)).toEqual(expect.arrayContaining(['PostgresDown', 'APIServiceDown']));
      expect((await platform<StatusResult>('status')).result.alerts).toEqual({ firing: [] });
    });

    it('shows something in every panel of its dashboards', async () => {
      const { prometheus } = monitoringThrough(client);
      const queries = panelQueries().filter(({ mayBeEmpty }) => mayBeEmpty === undefined);
      const isOffered = (job: string) => async () => {
        await Promise.all([
          ...['/', '/login'].map((path) => browse(portal(path))),
          browse(portal('/login'), {
            method: 'POST',
            headers: form,
            body: new URLSearchParams({ ...user, password: 'wrong and long enough' }).toString(),
          }),
          browse(`https://images.${domain}/uploads/sample.png`),
        ]);
        const found = await prometheus.query(`sum(rate(http_requests_total{job="${job}"}[1m])) > 0`);
        return found.length;
      };
      for (const job of ['webportal', 'api', 'auth', 'images']) {
        await expect.poll(isOffered(job), { timeout: 60_000, interval: 1000 }).toBe(1);
      }

      const empty = async () => {
        await isOffered('webportal')();
        const answers = await Promise.all(
          queries.map(async (query) => ({ query, samples: await prometheus.query(query.expr) })),
        );
        return answers
          .filter(({ samples }) => samples.length === 0)
          .map(({ query: { dashboard, panel, expr } }) => `${dashboard}/${panel}: ${expr}`);
      };
      await expect.poll(empty, { timeout: 240_000, interval: 5000 }).toEqual([]);
    });

    it('allows the traffic that its services need, and no other', async () => {
      const pods = await client.list('/api/v1/pods', { labelSelector: 'app.kubernetes.io/component=server' });
      const podOf = (app: string) => {
        const pod = pods.find(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === app);
        if (!pod) throw new Error(`there is no pod of ${app}`);
        return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, container: app };
      };
      const inApps = (service: string) => `${service}.app-services`;
      const pairs: readonly (readonly [string, string, string])[] = [
        ['webportal', `${inApps('api')}:80`, 'open'],
        ['webportal', `${inApps('auth')}:80`, 'dropped'],
        ['webportal', `${inApps('images')}:80`, 'dropped'],
        ['webportal', `${inApps('postgres')}:5432`, 'dropped'],
        ['api', `${inApps('auth')}:80`, 'open'],
        ['api', `${inApps('images')}:80`, 'open'],
        ['api', `${inApps('postgres')}:5432`, 'dropped'],
        ['api', 'inbox.monitoring:80', 'dropped'],
        ['auth', `${inApps('postgres')}:5432`, 'open'],
        ['auth', `${inApps('images')}:80`, 'dropped'],
        ['images', `${inApps('postgres')}:5432`, 'dropped'],
        ['images', `${inApps('auth')}:80`, 'dropped'],
        ['inbox', `${inApps('postgres')}:5432`, 'dropped'],
      ];

      const kubeconfig = sandbox.paths.kubeconfig;
      const found = [];
      for (const [from, to] of pairs) found.push([from, to, await knock(kubeconfig, podOf(from), to)]);

      expect(found).toEqual(pairs);
    });

    it('has nothing to do the second time, and keeps its generated passwords', async () => {
      const passwords = async () =>
        (await client.list<KubernetesObject & { data?: object }>('/api/v1/secrets')).filter(({ metadata }) =>
          ['postgres', 'grafana-admin'].includes(metadata.name),
        );
      const before = await passwords();

      const { result } = await platform<UpResult>('up', '--local');

      expect(result.summary.steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)).toEqual([]);
      expect((await sandbox.platform(['diff', '--local', '--exit-code'])).exitCode).toBe(0);
      expect((await passwords()).map(({ data }) => data)).toEqual(before.map(({ data }) => data));
      expect(before).toHaveLength(2);
    });

    it('tells on the log-in page that auth is away, raises the alert, delivers it, and takes it all back', async () => {
      const started = new Date().toISOString();
      const postgres = '/apis/apps/v1/namespaces/app-services/statefulsets/postgres';

      await scale(client, postgres, 0);
      const sentence = 'Failed to communicate with Auth service';
      const shown = (question?: Question) => async () => {
        const { status, body } = await browse(portal('/login'), question);
        return [status, body.toString().includes(sentence)];
      };
      await expect.poll(shown(), { timeout: 60_000 }).toEqual([503, true]);
      const attempt = { method: 'POST', headers: form, body: new URLSearchParams(user).toString() };
      expect(await shown(attempt)()).toEqual([503, true]);
      const delivered = (alert: string, status: string, kind: string) => async () =>
        (
          JSON.parse(
            await textOf(
              `https://inbox.${domain}/api/deliveries?since=${started}&alert=${alert}&status=${status}&kind=${kind}`,
            ),
          ) as { deliveries: unknown[] }
        ).deliveries.length;
      for (const alert of ['PostgresDown', 'APIServiceDown']) {
        await expect
          .poll(delivered(alert, 'firing', 'webhook'), { timeout: 180_000, interval: 1000 })
          .toBeGreaterThan(0);
      }
      const { result } = await platform<StatusResult>('status');
      expect(result.alerts?.firing.map((alert) => alert.name)).toContain('PostgresDown');

      await scale(client, postgres, 1);
      await expect.poll(shown(), { timeout: 90_000 }).toEqual([200, false]);
      await expect
        .poll(delivered('PostgresDown', 'resolved', 'webhook'), { timeout: 180_000, interval: 1000 })
        .toBeGreaterThan(0);
    });

    it.each([
      ['db-down', 'the database is away'],
      ['network-cut', 'auth runs and nobody reaches it, open connections included'],
      ['pod-kill', 'a pod is replaced and nobody notices'],
    ])('passes the drill %s: %s', async (drill) => {
      const { exitCode, result, error } = await platform<DrillResult>(
        'chaos',
        drill,
        '--artifacts',
        `reports/${drill}`,
      );

      expect(error).toBeUndefined();
      expect(exitCode).toBe(0);
      if (result.kind !== 'run') throw new Error('it did not run');
      const { verdict, links, restore } = result.record;
      expect(verdict).toMatchObject({ outcome: 'passed', isRehearsed: false, notObserved: [] });
      const asked = links.filter(({ status }) => status !== 'unasked');
      expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 'met'));
      expect(restore?.differences).toEqual([]);
      expect(await readdir(join(sandbox.work, 'reports', drill))).toContain('report.html');
    });

    it('grows under a real load, and shrinks again', async () => {
      await writeFile(
        join(sandbox.work, 'rush.yaml'),
        stringify({
          apiVersion: 'platform/v1alpha1',
          kind: 'Drill',
          fault: {
            load: picture || 'https://images.{domain}/uploads/sample.png',
            of: 'deployment/images',
            namespace: 'app-services',
            requests: 20_000,
          },
          expect: {
            autoscaler: { name: 'images', reaches: 6 },
            // How slow everything else gets while all processors are busy says nothing about the autoscaler.
            mayFire: ['AutoscalerAtMaximum', 'HighLatency', 'HighErrorRatio', 'PostgresExporterHighScrapeLatency'],
            load: { successes: 0.9 },
          },
        }),
      );

      const { result, error } = await platform<DrillResult>(
        'chaos',
        'run',
        './rush.yaml',
        '--artifacts',
        'reports/load',
      );

      expect(error).toBeUndefined();
      if (result.kind !== 'run') throw new Error('it did not run');
      const { scaling } = result.record;
      expect(scaling).toMatchObject({ original: 2, final: 2, status: 'as-expected' });
      expect(scaling?.peak).toBeGreaterThanOrEqual(6);
      expect(await readdir(join(sandbox.work, 'reports', 'load'))).toContain('report.html');
    });

    it('is destroyed, and nothing of it is left', async () => {
      const { exitCode, result } = await platform<DestroyResult>(
        'destroy',
        '--confirm',
        name,
        ...(hadRegistry ? [] : ['--purge']),
      );

      expect(exitCode).toBe(0);
      expect(result.left).toEqual([]);
    });
  },
);
