import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readJournal } from '../src/plan/journal.js';
import { environment } from '../test/lab/environment.js';
import { isOffline, publish, withoutEngine } from '../test/lab/lab.js';
import { measure } from './process.js';
import type { Row } from './report.js';
import { inWorld, upResult, type World } from './world.js';

const nodeImage = 'kindest/node:v1.36.3';

/** A replica on kind, phase by phase, beside a bare cluster of as many nodes made by kind in the same run. */
export async function replica(): Promise<Row[]> {
  if (withoutEngine !== undefined) {
    process.stderr.write(`replica: skipped, ${withoutEngine}\n`);
    return [];
  }
  return inWorld(environment('bench', 'bench'), measured, 'kind');
}

async function measured(world: World): Promise<Row[]> {
  const { platform } = world;
  // Image and registry are there already on a machine that works with it every day.
  const build = platform('images', 'build', '--json');
  const built = JSON.parse((await measure(build.command, build.options)).stdout) as {
    result: { images: readonly { repository: string }[] };
  };
  await publish(built.result.images[0]?.repository.split('/')[0] ?? '');
  const bare = await bareCluster(world);
  const first = platform('up', '--local', '--json');
  const up = await measure(first.command, first.options);
  const ends = await endsOf(upResult(up.stdout).summary.journal);
  const again = await measure(first.command, first.options);
  const status = platform('status');
  const looked = await measure(status.command, status.options);
  const stop = platform('stop');
  await measure(stop.command, stop.options);
  const start = platform('start');
  const started = await measure(start.command, start.options);
  const destroy = platform('destroy', '--confirm', 'bench');
  const destroyed = await measure(destroy.command, destroy.options);
  const at = (...ids: string[]) => Math.max(...ids.map((id) => ends.get(id) ?? 0));
  const last = Math.max(...[...ends.values()]);
  const row = (what: string, milliseconds: number, note: string): Row => ({
    what,
    value: seconds(milliseconds),
    bar: '–',
    note,
  });
  return [
    row('`kind create cluster` alone, two nodes', bare, 'no pod network, no wait'),
    row('`up` of a replica on kind, from nothing', up.wallMs, `${(up.wallMs / bare).toFixed(1)} × the bare cluster`),
    row('… until the cluster is made', at('cluster'), 'its nodes not ready yet'),
    row('… until the nodes pull from the registry and trust', at('registry/nodes', 'certificates/nodes'), ''),
    row('… until the nodes are ready', at('nodes'), 'pod network included'),
    row('… until push, pull and run is proven', at('registry/probe'), ''),
    row('… until NetworkPolicies are proven', at('network/policy'), ''),
    row('… until all releases are ready', last, 'cert-manager, Traefik, metrics-server, a page'),
    row('`up` with nothing to do there', again.wallMs, ''),
    row('`status` there', looked.wallMs, ''),
    row('`start` after `stop`', started.wallMs, ''),
    row('`destroy`', destroyed.wallMs, ''),
  ];
}

async function bareCluster({ folder, env }: World): Promise<number> {
  const config = join(folder, 'bare.yaml');
  const image = isOffline ? { image: nodeImage } : {};
  const nodes = ['control-plane', 'worker'].map((role) => ({ role, ...image }));
  const networking = { disableDefaultCNI: true };
  await writeFile(config, stringify({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes, networking }));
  const common = ['--name', 'platform-bench-bare', '--kubeconfig', join(folder, 'bare.kubeconfig')];
  try {
    return (await measure(['kind', 'create', 'cluster', '--config', config, ...common], { env })).wallMs;
  } finally {
    await measure(['kind', 'delete', 'cluster', ...common], { env });
    await rm(config);
  }
}

/** When each step ended, in milliseconds since the run began. */
async function endsOf(journal: string): Promise<ReadonlyMap<string, number>> {
  const events = await readJournal(journal);
  const begin = events[0]?.at ?? 0;
  return new Map(events.flatMap((event) => (event.type === 'step-finished' ? [[event.id, event.at - begin]] : [])));
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
