import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.js';
import { loadEnvironment } from '../src/environment/load.js';
import type { Environment, Release } from '../src/environment/environment.js';
import { pathsFrom } from '../src/paths.js';
import { createEventHub } from '../src/plan/event-hub.js';
import { createInterruption } from '../src/plan/interruption.js';
import { buildPlan } from '../src/plan/plan.js';
import type { Ports } from '../src/ports.js';
import { systemProcesses } from '../src/process.js';
import type { Contents } from '../src/releases/contents/contents.js';
import { edgesOf } from '../src/releases/graph/edges.js';
import { releaseSteps } from '../src/releases/steps.js';
import { assemble } from '../src/usecases/assemble.js';
import { seededRandom } from './random.js';
import type { Row } from './report.js';

const count = 1000;
const operators = 40;
const runs = 11;

/** From releases with known contents to the plan: deriving every edge, making every step, and building the graph. */
export async function releaseGraphs(): Promise<Row[]> {
  const environment = await environmentOf(releases());
  const ports = portsOf();
  const assembly = assemble(environment, 'embedded', ports);
  const times: number[] = [];
  let note = '';
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    const edges = edgesOf({ releases: environment.releases, served: new Set() });
    const steps = releaseSteps({
      ...assembly,
      ...{ environment, edges, clock: ports.clock, needs: [], run: 'bench', repair: false, variables: {} },
      leftOut: () => undefined,
      ensureOwned: () => Promise.resolve(),
      isOver: () => Promise.resolve(false),
    });
    // The tool has a step of its own in a whole plan.
    const plan = buildPlan(steps.map((step) => ({ ...step, needs: step.needs.filter((id) => id !== 'tool/helm') })));
    times.push(performance.now() - start);
    const derived = edges.filter((edge) => edge.derived !== undefined).length;
    note = `${String(plan.steps.size)} steps; ${String(edges.length)} edges, ${String(derived)} of them derived`;
  }
  const first = times[0] ?? 0;
  const median = times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
  return [
    {
      what: `planning ${count.toLocaleString('en')} releases: edges, steps, graph`,
      value: `${median.toFixed(0)} ms`,
      bar: '< 500 ms',
      note: `${note}; the first ${first.toFixed(0)} ms`,
    },
  ];
}

/** Operators that bring definitions and webhooks, and releases that create what these define and need two before them. */
function releases(): Release[] {
  const random = seededRandom(4);
  return Array.from({ length: count }, (_, index): Release => {
    const used = index < operators ? [] : [1, 2, 3].map(() => Math.floor(random() * operators));
    const needed = index < operators ? [] : [1, 2].map(() => Math.floor(random() * index));
    return {
      name: `r${String(index)}`,
      namespace: 'apps',
      chart: { from: 'bundled', name: 'service', path: 'assets/charts/service' },
      values: [],
      needs: [...new Set(needed)].map((other) => ({ release: `r${String(other)}`, facet: 'ready' as const })),
      contents: contentsOf(index, [...new Set(used)]),
    };
  });
}

function contentsOf(index: number, used: readonly number[]): Contents {
  const isOperator = index < operators;
  const kinds = isOperator ? ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'] : [];
  const group = groupOf(index);
  return {
    definitions: kinds.map((kind) => ({
      ...{ name: `${kind.toLowerCase()}s.${group}`, group, kind, plural: `${kind.toLowerCase()}s` },
      ...{ scope: 'Namespaced' as const, versions: ['v1'], by: 'platform' as const, digest: kind },
    })),
    uses: used.map((operator) => ({
      ...{ group: groupOf(operator), version: 'v1', kind: 'Alpha', object: `Alpha/r${String(index)}` },
    })),
    resources: ['apps/deployments', '/services', ...used.map((operator) => `${groupOf(operator)}/alphas`)],
    webhooks: isOperator
      ? [{ ...{ configuration: group, webhook: group, groups: [group] }, resources: ['*'], operations: ['CREATE'] }]
      : [],
    workloads: [`Deployment/r${String(index)}`],
    ...{ images: [], apiServices: [], loadBalancers: [], unknownValues: [] },
  };
}

function groupOf(operator: number): string {
  return `o${String(operator)}.example.org`;
}

async function environmentOf(wanted: readonly Release[]): Promise<Environment> {
  const loaded = await loadEnvironment({ cwd: tmpdir(), target: 'local', blueprint: 'microservices', name: 'bench' });
  return { ...loaded, releases: wanted };
}

/** Nothing in this bench asks the world. */
function portsOf(): Ports {
  return {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, join(tmpdir(), 'platform-bench-nowhere')),
    events: createEventHub(systemClock),
    interruption: createInterruption(),
    variables: {},
  };
}
