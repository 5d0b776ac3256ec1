import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { HostProgram, HostPrograms } from '../../../src/clusters/host-programs.js';
import type { Release, Values } from '../../../src/environment/environment.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { kubeconfigText } from '../../../src/kubernetes/kubeconfig.js';
import { programNames, type ProgramName } from '../../../src/monitoring/host/ports.js';
import { hostMonitoringSteps, type HostMonitoringOptions } from '../../../src/monitoring/host/step.js';
import type { Step } from '../../../src/plan/step.js';
import { fakeProvider } from '../../clusters/fake-provider.js';
import { apiServer } from '../../kubernetes/api-server.js';
import { release } from '../../releases/release.js';
import { afterwards, contextFor, temporaryFolder } from '../../toolchain/fixture.js';
import { program, type Program } from '../programs.js';

/** Programs that are local servers: which run, as what they were started, and what happened. */
function runningHere(folder: string) {
  const running = new Map<ProgramName, { readonly as: HostProgram; readonly server: Program }>();
  const calls: string[] = [];
  const stop = async (name: ProgramName) => {
    await running.get(name)?.server.close();
    running.delete(name);
  };
  const host: HostPrograms = {
    folder,
    running: () =>
      Promise.resolve(
        new Map(
          [...running].map(([name, { as }]) => [
            name,
            { pid: process.pid, isStartedAs: ({ args }) => Promise.resolve(args.join() === as.args.join()) },
          ]),
        ),
      ),
    async start(wanted) {
      calls.push(`start ${wanted.name}`);
      const server = await program(ready, portOf(wanted));
      await load(wanted.name as ProgramName, server);
      running.set(wanted.name as ProgramName, { as: wanted, server });
      return process.pid;
    },
    async end(name) {
      calls.push(`end ${name}`);
      await stop(name as ProgramName);
    },
    lastWords: () => Promise.resolve('its last words'),
  };
  /** What a program does when it starts, and when it reads its files again. */
  async function load(name: ProgramName, server: Program): Promise<void> {
    const text = await readFile(join(folder, `${name}.yml`), 'utf8').catch(() => '');
    const status = { uptime: '2026-11-21T12:00:00Z', versionInfo: { version: '0.34.1' }, config: { original: text } };
    server.answers.set('GET /api/v1/status/config', { status: 'success', data: { yaml: text } });
    server.answers.set('GET /api/v2/status', status);
  }
  const serverOf = (name: ProgramName): Program => {
    const found = running.get(name);
    if (!found) throw new Error(`${name} does not run`);
    return found.server;
  };
  const startedAs = (name: ProgramName) => running.get(name)?.as;
  return { host, calls, stop, serverOf, startedAs, reload: (name: ProgramName) => load(name, serverOf(name)) };
}

const ready = Object.fromEntries(['/-/ready', '/healthz', '/health/ready'].map((path) => [`GET ${path}`, 'ok']));

function portOf({ args, env }: HostProgram): number {
  const said = args.map((word) => /^--(?:port=|web\.listen-address=127\.0\.0\.1:)(\d+)$/.exec(word)?.[1]).find(Boolean);
  return Number(said ?? env?.['PORT']);
}

const monitoringRelease = (values: Values = {}): Release =>
  release('kube-prometheus-stack', { values: [{ origin: 'platform.yaml', values }] });
const key = Buffer.from('key').toString('base64');

/** A cluster, and nothing beside it yet. */
async function given({ values = {} } = {}) {
  const folder = join(await temporaryFolder(), 'monitoring');
  await mkdir(folder);
  const api = await apiServer();
  afterwards(() => api.close());
  const kubeconfig = join(folder, '..', 'kubeconfig');
  const cluster = { server: api.address, 'certificate-authority-data': key };
  const user = { 'client-certificate-data': key, 'client-key-data': key };
  await writeFile(kubeconfig, kubeconfigText('test', { cluster, user }));
  const here = runningHere(folder);
  const inbox = join(folder, 'inbox.cjs');
  await writeFile(inbox, '');
  const view = new ClusterView(() => Promise.resolve(api.client), systemClock);
  const options: HostMonitoringOptions = {
    provider: fakeProvider({ host: here.host, kubeconfig }),
    releases: [monitoringRelease(values)],
    others: [],
    clock: systemClock,
    toolchain: { find: (name) => Promise.resolve({ name, version: '1', path: `/tools/${name}`, source: 'path' }) },
    view,
    inbox,
  };
  return { ...here, folder, api, view, options };
}

function only(options: HostMonitoringOptions): Step {
  const [step] = hostMonitoringSteps(options);
  if (!step) throw new Error('there is no step');
  return step;
}

/** As it is after `up` has run once. */
async function begun(...args: Parameters<typeof given>) {
  const world = await given(...args);
  const step = only(world.options);
  await step.apply(contextFor());
  world.calls.length = 0;
  return { ...world, step };
}

const putRule = ({ api, view }: Pick<Awaited<ReturnType<typeof given>>, 'api' | 'view'>, expr: string) => {
  api.objects.set('/apis/monitoring.coreos.com/v1/namespaces/shop/prometheusrules/portal', {
    metadata: { name: 'portal', namespace: 'shop' },
    spec: { groups: [{ name: 'portal', rules: [{ alert: 'Down', expr }] }] },
  });
  api.objects.set('/apis/monitoring.coreos.com/v1/prometheusrules', {
    items: [...api.objects].flatMap(([path, object]) => (path.includes('/prometheusrules/') ? [object] : [])),
  });
  view.forget();
};

describe('the step of monitoring', () => {
  it('is there only where programs run beside the cluster and the environment has monitoring', async () => {
    const { options } = await given();
    expect(hostMonitoringSteps({ ...options, releases: [] })).toEqual([]);
    expect(hostMonitoringSteps({ ...options, provider: fakeProvider() })).toEqual([]);
    expect(hostMonitoringSteps(options)).toHaveLength(1);
  });

  it('comes after what brings rules or Secrets, and after nothing else', async () => {
    const { options } = await given();
    const uses = [
      { group: 'monitoring.coreos.com', version: 'v1', kind: 'PrometheusRule', object: 'PrometheusRule/a' },
    ];
    const contents = {
      definitions: [],
      resources: [],
      images: [],
      webhooks: [],
      apiServices: [],
      workloads: [],
      loadBalancers: [],
      unknownValues: [],
    };
    const releases = [
      monitoringRelease(),
      release('with-rules', { contents: { ...contents, uses } }),
      release('without', { contents: { ...contents, uses: [] } }),
      release('unknown'),
    ];
    const others = ['record', 'secret/slack', 'namespace/shop', ...releases.map(({ name }) => `release/${name}`)];
    expect(only({ ...options, releases, others }).needs).toEqual([
      'cluster',
      ...['tool/kube-state-metrics', 'tool/prometheus', 'tool/alertmanager'],
      ...['record', 'secret/slack', 'release/with-rules', 'release/unknown'],
    ]);
  });

  it('starts what does not run, as it should run, and writes what only its owner may read', async () => {
    const world = await given();
    const step = only(world.options);

    const detail = await step.apply(contextFor());

    const { url, port } = world.serverOf('prometheus');
    expect(detail).toContain(`Prometheus ${url}`);

    expect(world.calls.sort()).toEqual(programNames.map((name) => `start ${name}`).sort());
    const prometheus = world.startedAs('prometheus');
    expect(prometheus?.path).toBe('/tools/prometheus');
    expect(prometheus?.args).toContain(`--web.listen-address=127.0.0.1:${String(port)}`);
    expect(world.startedAs('alertmanager')?.args).toContain('--cluster.listen-address=');
    expect(world.startedAs('inbox')?.env).toMatchObject({ HOST: '127.0.0.1' });
    for (const file of ['kubeconfig', 'api-server/client.key', 'alertmanager.yml']) {
      expect((await stat(join(world.folder, file))).mode & 0o777, file).toBe(0o600);
    }
    expect(await step.check(contextFor())).toMatchObject({ status: 'satisfied' });
  });

  it('has nothing to do while nothing changes, which costs one question to the cluster', async () => {
    const { step, api, view } = await begun();
    view.forget();
    const before = api.requests.length;
    expect(await step.check(contextFor())).toMatchObject({ status: 'satisfied' });
    expect(api.requests.slice(before).map(({ path }) => path)).toEqual([
      '/apis/monitoring.coreos.com/v1/prometheusrules',
    ]);
  });

  it('lets Prometheus read a changed rule, starts nothing and leaves no file of the old one', async () => {
    const world = await begun();
    putRule(world, 'up == 0');
    expect(await world.step.check(contextFor())).toEqual({
      status: 'needed',
      reason: 'rules or what is scraped changed',
    });
    world.serverOf('prometheus').answers.set('POST /-/reload', 200);

    await world.step.apply(contextFor());

    expect(world.calls).toEqual([]);
    expect(world.serverOf('prometheus').asked).toContain('POST /-/reload');
    expect(world.serverOf('alertmanager').asked).not.toContain('POST /-/reload');
    const [kept, ...others] = await readdir(join(world.folder, 'rules'));
    expect(others).toEqual([]);
    expect(await readdir(join(world.folder, 'rules', kept ?? ''))).toContain('shop.portal.yaml');
    await world.reload('prometheus');
    expect(await world.step.check(contextFor())).toMatchObject({ status: 'satisfied' });
  });

  it('says in the words of Prometheus why it does not take a rule', async () => {
    const world = await begun();
    putRule(world, 'up ==');
    world.serverOf('prometheus').answers.set('POST /-/reload', [500, 'shop.portal.yaml: parse error\n']);
    await expect(world.step.apply(contextFor())).rejects.toMatchObject({
      code: 'tool',
      message: 'Prometheus does not take its new configuration',
      output: 'shop.portal.yaml: parse error',
    });
  });

  it('sees that a program has ended, and starts only that', async () => {
    const world = await begun();
    await world.stop('alertmanager');
    expect(await world.step.check(contextFor())).toEqual({ status: 'needed', reason: 'alertmanager does not run' });
    await world.step.apply(contextFor());
    expect(world.calls).toEqual(['start alertmanager']);
  });

  it('starts a program anew that runs another build, or with other options', async () => {
    const world = await begun();
    const values = { alertmanager: { enableFeatures: ['receiver-name-in-metrics'] } };
    const step = only({ ...world.options, releases: [monitoringRelease(values)] });
    expect(await step.check(contextFor())).toEqual({
      status: 'needed',
      reason: 'alertmanager runs another build, or with other options',
    });
    await step.apply(contextFor());
    expect(world.calls).toEqual(['end alertmanager', 'start alertmanager']);
  });

  it('does not take a program that runs for one that answers', async () => {
    const world = await begun();
    world.serverOf('prometheus').answers.set('GET /api/v1/status/config', 503);
    expect(await world.step.check(contextFor())).toMatchObject({
      status: 'needed',
      reason: expect.stringMatching(/^Prometheus .*it answered 503/) as string,
    });
  });

  it('gives Alertmanager the Secrets that its routes name, and says which are missing', async () => {
    const config = {
      route: { receiver: 'slack' },
      receivers: [
        {
          name: 'slack',
          slack_configs: ['url', 'other'].map((name) => ({ api_url_file: `/etc/alertmanager/secrets/slack/${name}` })),
        },
      ],
    };
    const world = await given({ values: { alertmanager: { config } } });
    const url = Buffer.from('http://inbox.monitoring/slack/x').toString('base64');
    world.api.objects.set('/api/v1/namespaces/monitoring/secrets/slack', {
      metadata: { name: 'slack' },
      data: { url },
    });

    expect(await only(world.options).apply(contextFor())).toMatch(/; Secret monitoring\/slack\/other is missing$/);

    const file = join(world.folder, 'secrets', 'slack', 'url');
    expect(await readFile(file, 'utf8')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/slack\/x$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is refused with what to do where the inbox was not built', async () => {
    const { options } = await given();
    await expect(only({ ...options, inbox: '/nowhere/inbox.cjs' }).apply(contextFor())).rejects.toMatchObject({
      code: 'prerequisite',
      message: 'the inbox is not built: there is no /nowhere/inbox.cjs',
    });
  });

  it('is new where nothing was begun, and left out where only what was begun is wanted', async () => {
    const { options } = await given();
    expect(await only(options).check(contextFor())).toEqual({ status: 'needed', reason: 'new' });
    expect(await only({ ...options, isBegunOnly: true }).check(contextFor())).toMatchObject({ status: 'omitted' });
  });
});
