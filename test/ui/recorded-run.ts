import type {
  CriticalStep,
  Outcome,
  Progress,
  RunEvent,
  RunEventBody,
  RunSummary,
  StepResult,
} from '../../src/plan/events.js';

/** A run of 60 steps as the runner would tell it: downloads, installations, two failures, many gates. */
export function recordedRun({ start = 0, interruptedAt }: { start?: number; interruptedAt?: number } = {}): RunEvent[] {
  const steps = script();
  const events: RunEvent[] = [];
  const add = (at: number, body: RunEventBody) => events.push({ at: start + at, ...body });
  const titleOf = (id: string) => steps.find((step) => step.id === id)?.title ?? id;
  add(0, {
    type: 'run-started',
    run: 'r1',
    command: 'up',
    environment: 'shop',
    steps: steps.map(({ id, title }) => ({ id, title, needs: [], lane: 'wait' })),
  });
  for (const step of steps) {
    const { id, from, to, reason, outcome } = step;
    if (interruptedAt !== undefined && from >= interruptedAt) {
      add(interruptedAt, { type: 'step-finished', id, outcome: 'interrupted', durationMs: 0 });
      continue;
    }
    if (reason !== undefined) {
      add(from, { type: 'step-started', id, reason });
      for (let at = from + 250; at < to; at += 250) {
        const progress = step.progress?.((at - from) / (to - from));
        if (progress) add(at, { type: 'step-progress', id, ...progress });
      }
    }
    add(to, {
      type: 'step-finished',
      id,
      outcome,
      durationMs: to - from,
      ...(step.detail !== undefined && { detail: step.detail }),
      ...(step.because !== undefined && { because: step.because }),
      ...(outcome === 'failed' && { failure: helmFailure(id) }),
    });
  }
  add(8000, { type: 'notice', level: 'warning', message: 'the file system of the state folder is 91% full' });
  if (interruptedAt !== undefined) {
    const message = 'stopping after the current steps; press Ctrl-C again to quit now';
    add(interruptedAt, { type: 'interrupted', force: false, message });
  }
  events.sort((a, b) => a.at - b.at);
  const end = Math.max(...events.map((event) => event.at)) - start;
  const finished = events.flatMap((event) => (event.type === 'step-finished' ? [event] : []));
  const results = finished.map((event): StepResult => ({ ...event, title: titleOf(event.id) }));
  add(end, { type: 'run-finished', summary: summaryOf(results, end) });
  return events;
}

interface Scripted {
  readonly id: string;
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly detail?: string;
  readonly because?: string;
  readonly progress?: (share: number) => Progress | undefined;
}

const releases = [
  ...['calico', 'cert-manager', 'metrics-server', 'traefik', 'kube-prometheus-stack', 'postgres', 'redis'],
  ...['loki', 'tempo', 'auth', 'api', 'images', 'webportal', 'grafana-dashboards'],
];

function script(): Scripted[] {
  const tools = [
    'kubectl',
    'helm',
    'kwok',
    'kwokctl',
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
  ];
  return [
    ...tools.map((name, index) => tool(name, index)),
    done('cluster', 'embedded control plane', 5000, 9000, 'there is no cluster yet', 'waiting for etcd to answer'),
    done('kubeconfig', 'context platform-shop', 9000, 9100, 'the context is missing'),
    done('record', 'environment record', 9000, 9300, 'the record is missing'),
    ...['app-services', 'monitoring', 'cert-manager', 'traefik', 'data'].map((name, index) =>
      done(`namespace/${name}`, `namespace ${name}`, 9300 + index * 100, 9800 + index * 100, 'does not exist'),
    ),
    ...releases.map((name, index) => chart(name, index)),
    ...releases.map((name, index) => release(name, index)),
    ...releases.slice(1).map((name, index) => gate(name, index)),
    done(
      'gate/webportal/address',
      'webportal address',
      20_000,
      21_000,
      'has no address',
      'webportal has no address yet',
    ),
    { id: 'urls', title: 'addresses', from: 22_000, to: 22_000, outcome: 'unchanged' },
  ];
}

function done(id: string, title: string, from: number, to: number, reason: string, message = reason): Scripted {
  return { id, title, from, to, outcome: 'done', reason, progress: () => ({ message }) };
}

function tool(name: string, index: number): Scripted {
  const base = { id: `tool/${name}`, title: `${name} 1.36.${String(index)}` };
  if (name === 'kubectl') return { ...base, from: 50, to: 50, outcome: 'unneeded' };
  if (name === 'helm') return { ...base, from: 60, to: 60, outcome: 'unchanged', detail: 'on PATH' };
  const [total, unit] = name.startsWith('kwok') ? [380, 'packages' as const] : [21_400_000, 'bytes' as const];
  const message = unit === 'bytes' ? 'downloading from dl.example.org' : 'building from its Go module';
  return {
    ...done(base.id, base.title, 100, 2000 + index * 400, 'not in the cache'),
    detail: unit === 'bytes' ? 'downloaded, checksum verified' : 'built',
    progress: (share) => ({ message, done: Math.floor(share * total), total, unit }),
  };
}

function chart(name: string, index: number): Scripted {
  const base = { id: `chart/${name}`, title: `${name} chart` };
  if (index > 8) return { ...base, from: 100, to: 100, outcome: 'unchanged' };
  const standIn = index % 4 === 1;
  return {
    ...done(base.id, base.title, 200, 1500 + index * 300, 'not in the cache', 'asking charts.example.org'),
    ...(standIn && { detail: 'stand-in: charts.example.org does not answer' }),
  };
}

function release(name: string, index: number): Scripted {
  const base = { id: `release/${name}`, title: name };
  const from = 10_000 + index * 500;
  if (name === 'calico')
    return { ...base, from, to: from, outcome: 'omitted', detail: 'simulated nodes have no network' };
  if (name === 'grafana-dashboards') {
    return { ...base, from: 14_000, to: 14_000, outcome: 'skipped', because: 'release/kube-prometheus-stack' };
  }
  const outcome = name === 'kube-prometheus-stack' || name === 'tempo' ? 'failed' : 'done';
  return {
    ...done(base.id, base.title, from, from + 2000 + (index % 3) * 800, 'not installed', 'helm upgrade --install'),
    outcome,
    ...(index % 4 === 1 && { detail: 'revision 1, stand-in' }),
  };
}

function gate(name: string, index: number): Scripted {
  const base = { id: `gate/${name}/ready`, title: `${name} ready` };
  const failed =
    releases.slice(1)[index] === 'kube-prometheus-stack' || name === 'tempo' || name === 'grafana-dashboards';
  if (failed) {
    const because = `release/${name === 'grafana-dashboards' ? 'kube-prometheus-stack' : name}`;
    return { ...base, from: 14_000, to: 14_000, outcome: 'skipped', because };
  }
  const from = 13_000 + index * 500;
  const message = `deployment ${name} has 0 of 2 replicas available; pod ${name}-7c9d8b6f5-x2x4q is Pending: 0/3 nodes are available`;
  return { ...done(base.id, base.title, from, from + 2500, 'not ready', message), detail: 'ready' };
}

function helmFailure(id: string) {
  const name = id.slice('release/'.length);
  return {
    code: 'tool' as const,
    exitCode: 4,
    message: 'helm failed with exit code 1',
    output: `Error: INSTALLATION FAILED: ${name}: values don't meet the specifications of the schema(s)\n- replicas: Invalid type. Expected: integer, given: string`,
    command: `helm upgrade --install ${name} /cache/charts/${name}.tgz --namespace monitoring --values -`,
    suggestions: [`see what changed: platform diff ${name}`],
  };
}

function summaryOf(steps: readonly StepResult[], durationMs: number): RunSummary {
  const counts = { done: 0, unchanged: 0, unneeded: 0, omitted: 0, failed: 0, skipped: 0, interrupted: 0 };
  for (const step of steps) counts[step.outcome] += 1;
  const path = ['tool/kube-scheduler', 'cluster', 'namespace/data', 'release/webportal', 'gate/webportal/ready'];
  const criticalPath = path.flatMap((id): CriticalStep[] => {
    const step = steps.find((candidate) => candidate.id === id);
    return step
      ? [{ id, title: step.title, durationMs: step.durationMs, waitedMs: id === 'release/webportal' ? 6200 : 0 }]
      : [];
  });
  const journal = '/home/ada/.local/state/platform/shop/runs/r1.jsonl';
  return { run: 'r1', durationMs, counts, steps, criticalPath, previousDurationMs: 31_000, journal };
}
