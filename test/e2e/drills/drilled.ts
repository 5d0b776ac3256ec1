import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DrillRecord, Link } from '../../../src/chaos/record.js';
import { systemClock } from '../../../src/clock.js';
import { programsBeside } from '../../../src/clusters/embedded/programs-beside.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { hostUrls, readHostPorts } from '../../../src/monitoring/host/ports.js';
import { monitoringAt, type Monitoring } from '../../../src/monitoring/monitoring.js';
import { poll } from '../../../src/poll.js';
import { startTimeOf } from '../../../src/process-identity.js';
import { systemProcesses } from '../../../src/process.js';
import type { DrillResult } from '../../../src/usecases/chaos-run.js';
import { scale } from '../edit.js';
import { createSandbox, type JsonDocument, type Sandbox } from '../sandbox.js';

export interface DrilledOptions {
  /** Of the environment. */
  readonly name: string;
  /** Beside cert-manager, kube-prometheus-stack and the reaper. */
  readonly releases: Readonly<Record<string, object>>;
  /** What the environment file says under `drills:`. */
  readonly drills: Readonly<Record<string, object>>;
  /** What the environment file says under `local:`. */
  readonly local?: object;
  /** Of Alertmanager; everything to the inbox within a second without it. */
  readonly alertmanager?: object;
}

/** An environment on the embedded provider whose monitoring is fast enough for drills in a test. */
export interface Drilled {
  readonly sandbox: Sandbox;
  readonly client: ClusterClient;
  readonly monitoring: Monitoring;
  /** `platform chaos run` with `--json`. */
  run(drill: string, ...flags: string[]): Promise<JsonDocument<DrillResult | undefined>>;
  up(): Promise<void>;
  /** What somebody else does with kubectl; `deployment/store`. */
  scale(workload: string, replicas: number): Promise<void>;
  /** `undefined` where it is gone. */
  replicas(workload: string): Promise<number | undefined>;
  /** Names of what drills have made in the cluster and not removed. */
  leftovers(): Promise<string[]>;
  /** Process of a program beside the control plane, by its pid file. */
  pid(program: string): Promise<number>;
  /** Kills such a program and starts it again at once, as it was. */
  restart(program: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Where the workloads of these environments are. */
export const namespace = 'shop';

export async function drilled(options: DrilledOptions): Promise<Drilled> {
  const sandbox = await createSandbox();
  try {
    return await drilledIn(sandbox, options);
  } catch (error) {
    await sandbox.dispose();
    throw error;
  }
}

async function drilledIn(
  sandbox: Sandbox,
  { name, releases, drills, local, alertmanager = toInbox }: DrilledOptions,
): Promise<Drilled> {
  const environment = {
    ...{ apiVersion: 'platform/v1alpha1', kind: 'Environment', name },
    releases: {
      'cert-manager': {},
      'kube-prometheus-stack': {
        values: {
          prometheus: { prometheusSpec: { scrapeInterval: '2s', evaluationInterval: '1s' } },
          alertmanager: { config: alertmanager },
        },
      },
      reaper: {},
      ...releases,
    },
    drills,
    ...(local && { local }),
  };
  await writeFile(join(sandbox.work, 'platform.yaml'), stringify(environment));
  const up = async () => {
    const { exitCode, stderr } = await sandbox.platform(['up', '--local', '--provider', 'embedded']);
    if (exitCode !== 0) throw new Error(`up ended with ${String(exitCode)}\n${stderr}`);
  };
  await up();
  const client = await connect(join(sandbox.paths.state, name, 'kubeconfig'), `platform-${name}`);
  const folder = join(sandbox.paths.state, name, 'embedded', 'clusters', 'platform');
  const ports = await readHostPorts({ folder: join(folder, 'monitoring') });
  if (!ports) throw new Error('there is no monitoring');

  const processes = systemProcesses();
  const pid = async (program: string) => Number(await readFile(join(folder, 'pids', `${program}.pid`), 'utf8'));
  const monitoring = monitoringAt(hostUrls(ports));

  return {
    sandbox,
    client,
    monitoring,
    up,
    run: (drill, ...flags) => sandbox.platform.json<DrillResult | undefined>(['chaos', 'run', drill, ...flags]),
    scale: (workload, replicas) => scale(client, pathOf(workload), replicas),
    async replicas(workload) {
      const found = await client.get<{ readonly spec: { readonly replicas: number } }>(pathOf(workload));
      return found?.spec.replicas;
    },
    async leftovers() {
      const kinds = [
        '/api/v1/configmaps',
        // Their bindings are owned by them: the garbage collector removes those a moment later.
        ...['roles', 'clusterroles'].map(rbac),
      ];
      const found = await Promise.all(kinds.map((path) => client.list(path, { metadataOnly: true })));
      return found.flat().flatMap(({ metadata }) => (metadata.name.startsWith('drill-') ? [metadata.name] : []));
    },
    pid,
    async restart(program) {
      const { stdout } = await processes.run('ps', ['-ww', '-o', 'args=', '-p', String(await pid(program))]);
      const [link = '', ...args] = stdout.trim().split(' ');
      const old = await pid(program);
      process.kill(old, 'SIGKILL');
      // Its port and its lock are its own until then.
      await poll(AbortSignal.timeout(30_000), systemClock, 20, () =>
        Promise.resolve(startTimeOf(old) === undefined ? true : undefined),
      );
      const beside = programsBeside(folder, { processes, clock: systemClock });
      await beside.start({ name: program, path: await readlink(link), args });
    },
    async dispose() {
      client.close();
      await sandbox.dispose();
    },
  };
}

const toInbox = {
  route: { receiver: 'inbox', group_by: ['alertname'], group_wait: '1s', group_interval: '2s' },
  receivers: [{ name: 'inbox', webhook_configs: [{ url: 'http://inbox.monitoring/alerts', send_resolved: true }] }],
};

/** A release of the chart `service` with alerts of its own. */
export function service(alerts: Readonly<Record<string, object>>, values: object = {}): object {
  const image = { repository: 'registry.example/service', tag: '1' };
  return {
    ...{ chart: 'service', namespace },
    values: { image, ports: { http: { port: 80, containerPort: 8080 } }, alerts, ...values },
  };
}

/** An alert that fires when no pod of a Deployment has been ready for three seconds. */
export function isDown(deployment: string, more: object = {}): object {
  const expr = `kube_deployment_status_replicas_ready{namespace="${namespace}", deployment="${deployment}"} == 0`;
  return { expr, for: '3s', severity: 'critical', summary: `No pod of ${deployment} is ready`, ...more };
}

/** The record of a run that has come to its end; throws the document of any other. */
export function recordOf(document: JsonDocument<DrillResult | undefined>): DrillRecord {
  const { result, error, stderr } = document;
  if (result?.kind === 'run') return result.record;
  throw new Error(`no run: ${JSON.stringify({ error, result }, null, 2)}\n${stderr}`);
}

/** The links that never came or came late, in order. */
export function broken({ links }: DrillRecord): Pick<Link, 'name' | 'alert' | 'status' | 'cause'>[] {
  return links
    .filter(({ status }) => status === 'broken' || status === 'late')
    .map(({ name, alert, status, cause }) => ({
      ...{ name, status },
      ...(alert !== undefined && { alert }),
      ...(cause !== undefined && { cause }),
    }));
}

function rbac(kind: string): string {
  return `/apis/rbac.authorization.k8s.io/v1/${kind}`;
}

function pathOf(workload: string): string {
  const [kind = '', name = ''] = workload.split('/');
  return `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}`;
}
