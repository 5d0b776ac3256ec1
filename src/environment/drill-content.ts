import type { Drill, Fault, WorkloadTarget } from '../chaos/drill.js';
import { parseDuration } from '../duration.js';
import { faultKinds, type DrillContent, type FaultKind } from './drill-schema.js';
import type { Path } from './problems.js';

type FaultContent = NonNullable<DrillContent['fault']>;

/** Something that a drill lacks, or says in vain. */
export interface Complaint {
  /** Below the drill. */
  readonly path: Path;
  readonly message: string;
  readonly allowed: string;
}

/** What each kind of fault may say beside itself, and what it has to. */
const keysOf: Readonly<Record<FaultKind, { readonly needs: readonly string[]; readonly may: readonly string[] }>> = {
  scale: { needs: ['namespace', 'to'], may: [] },
  kill: { needs: ['namespace'], may: ['count'] },
  drain: { needs: [], may: ['namespace', 'deleteEmptyDirData'] },
  cut: { needs: ['namespace'], may: ['direction', 'connections'] },
  load: { needs: ['of', 'namespace'], may: ['requests', 'workers', 'with', 'atMost', 'simulated'] },
};

const examples: Readonly<Record<string, string>> = {
  namespace: 'the namespace of the workload',
  to: 'a number of replicas, usually 0',
  of: 'the workload that the load reaches, such as deployment/images',
};

/** A drill from what its layers say together, durations in milliseconds; or all that is wrong with it. */
export function drillFrom(name: string, origin: string, content: DrillContent): Drill | readonly Complaint[] {
  const { summary = name, fault, expect, budgets, hold } = content;
  const complaints = [...faultComplaints(name, fault), ...expectationComplaints(name, content)];
  if (complaints.length > 0 || !fault) return complaints;
  return {
    name,
    summary,
    origin,
    fault: faultFrom(fault),
    expect: expectationFrom(expect, fault),
    budgets: Object.fromEntries(
      Object.entries(budgets ?? {}).flatMap(([link, within]) => (within ? [[link, parseDuration(within)]] : [])),
    ),
    holdMs: hold === undefined ? 0 : parseDuration(hold),
  };
}

/** Which kinds of fault it names. */
export function kindsOf(fault: FaultContent): FaultKind[] {
  return faultKinds.filter((kind) => fault[kind] !== undefined);
}

function faultComplaints(name: string, fault: FaultContent | undefined): Complaint[] {
  const kinds = fault ? kindsOf(fault) : [];
  const [kind] = kinds;
  if (!fault || !kind || kinds.length > 1) {
    const message =
      kinds.length > 1
        ? `the drill ${name} has more than one fault: ${kinds.join(', ')}`
        : `the drill ${name} has no fault`;
    return [{ path: fault ? ['fault'] : [], message, allowed: `exactly one of ${faultKinds.join(', ')}` }];
  }
  const { needs, may } = keysOf[kind];
  const isOfWorkload = kind === 'drain' && !fault.drain?.startsWith('node/');
  const needed = isOfWorkload ? ['namespace'] : needs;
  const given = Object.entries(fault).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  return [
    ...needed
      .filter((key) => !given.includes(key))
      .map((key) => ({
        path: ['fault'],
        message: `the fault of ${name} has no ${key}`,
        allowed: examples[key] ?? key,
      })),
    ...given
      .filter((key) => key !== kind && !needed.includes(key) && !may.includes(key))
      .map((key) => ({
        path: ['fault', key],
        message: `${key} says nothing about the fault ${kind}`,
        allowed: [...new Set([...needed, ...may])].join(', '),
      })),
  ];
}

function expectationComplaints(name: string, { fault, expect }: DrillContent): Complaint[] {
  const { symptom, alerts, autoscaler, load } = expect ?? {};
  const lacks = (path: Path, what: string, allowed: string) => ({
    path,
    message: `the drill ${name} has no ${what}`,
    allowed,
  });
  return [
    ...(symptom && symptom.url === undefined
      ? [lacks(['expect', 'symptom'], 'URL for its symptom', 'url: https://…')]
      : []),
    ...(symptom && symptom.status === undefined
      ? [lacks(['expect', 'symptom'], 'status for its symptom', 'status: 503')]
      : []),
    ...(autoscaler && autoscaler.name === undefined
      ? [lacks(['expect', 'autoscaler'], 'name for its autoscaler', 'the name of a HorizontalPodAutoscaler')]
      : []),
    ...(load && fault && fault.load === undefined
      ? [{ path: ['expect', 'load'], message: `the drill ${name} makes no load`, allowed: 'a fault with load: URL' }]
      : []),
    ...(!symptom && !alerts?.length && !autoscaler && !load
      ? [lacks([], 'expectation, so nothing could be found', 'expect with symptom, alerts, autoscaler or load')]
      : []),
  ];
}

/** Of a fault that {@link faultComplaints} has nothing against. */
function faultFrom(fault: FaultContent): Fault {
  const { namespace = '', simulated } = fault;
  if (fault.scale !== undefined)
    return { type: 'scale', target: targetFrom(fault.scale, namespace), replicas: fault.to ?? 0 };
  if (fault.kill !== undefined)
    return { type: 'kill', target: targetFrom(fault.kill, namespace), count: fault.count ?? 1 };
  if (fault.cut !== undefined) {
    const { direction = 'both', connections = 'end' } = fault;
    return { type: 'cut', target: targetFrom(fault.cut, namespace), direction, connections };
  }
  if (fault.drain !== undefined) {
    const node = /^node\/(.+)$/.exec(fault.drain)?.[1];
    return {
      type: 'drain',
      node: node ?? targetFrom(fault.drain, namespace),
      ...(fault.deleteEmptyDirData !== undefined && { deleteEmptyDirData: fault.deleteEmptyDirData }),
    };
  }
  return {
    type: 'load',
    url: fault.load ?? '',
    target: targetFrom(fault.of ?? '', namespace),
    requests: fault.requests ?? 100_000,
    workers: fault.workers ?? 100,
    tool: fault.with ?? 'hey',
    atMostMs: parseDuration(fault.atMost ?? '5m'),
    simulated: { ratePerSecond: simulated?.rate ?? 300, cpuMs: parseDuration(simulated?.cpu ?? '5ms') },
  };
}

function targetFrom(text: string, namespace: string): WorkloadTarget {
  const [kind, name = ''] = text.split('/');
  return { kind: kind === 'statefulset' ? 'statefulset' : 'deployment', namespace, name };
}

function expectationFrom(expect: DrillContent['expect'], fault: FaultContent): Drill['expect'] {
  const { symptom, alerts, mayFire, receiver, autoscaler, load } = expect ?? {};
  return {
    ...(symptom?.url !== undefined &&
      symptom.status !== undefined && {
        symptom: {
          url: symptom.url,
          status: symptom.status,
          ...(symptom.text !== undefined && { text: symptom.text }),
        },
      }),
    alerts: alerts ?? [],
    mayFire: mayFire ?? [],
    ...(receiver !== undefined && { receiver }),
    ...(autoscaler?.name !== undefined && {
      autoscaler: {
        name: autoscaler.name,
        namespace: autoscaler.namespace ?? fault.namespace ?? 'default',
        ...(autoscaler.reaches !== undefined && { reaches: autoscaler.reaches }),
      },
    }),
    ...(fault.load !== undefined && {
      load: {
        successRatio: load?.successes ?? 0.99,
        ...(load?.p95 !== undefined && { p95Ms: parseDuration(load.p95) }),
      },
    }),
  };
}
