import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../../src/chaos/record.js';
import type { DrillResult } from '../../../src/usecases/chaos-run.js';
import { edit } from '../edit.js';
import { drilled, namespace, recordOf, service, type Drilled } from './drilled.js';

// Metrics come every 15 s and the controller looks every 15 s: what is asked here of a real one takes its time.
const slow = { timeout: 120_000, interval: 500 };
const simulatedCpu = 'platform.dev/simulated-cpu';
const autoscalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;

interface LoadOptions {
  readonly atMost?: string;
  /** Milliseconds of processor time in a second, of all pods together. */
  readonly cpuMs?: number;
  readonly of?: string;
}

/** Pods request 50m and are held to 70 % of it. */
function load({ atMost = '2m', cpuMs = 1500, of = 'pictures' }: LoadOptions = {}): object {
  return {
    fault: {
      ...{ load: `https://${of}.loads.localhost/picture.png`, of: `deployment/${of}`, namespace },
      ...{ requests: 1000, workers: 10, atMost, simulated: { rate: 1, cpu: `${String(cpuMs)}ms` } },
    },
    expect: { autoscaler: { name: of }, load: { successes: 0.99 } },
  };
}

function scalingService(behavior: object): object {
  const autoscaling = { minReplicas: 2, maxReplicas: 5, cpu: 70, behavior };
  return service({}, { autoscaling, resources: { requests: { cpu: '50m' } } });
}

describe('a drill that makes load', { timeout: 300_000 }, () => {
  let world: Drilled;
  beforeAll(async () => {
    world = await drilled({
      name: 'loads',
      releases: {
        pictures: scalingService({ scaleDown: { stabilizationWindowSeconds: 15 } }),
        blind: service({}, { replicas: 1 }),
      },
      drills: {
        grow: load(),
        // Less than what the pods may use.
        slight: load({ cpuMs: 20 }),
        short: load({ cpuMs: 20, atMost: '2s' }),
        blind: load({ of: 'blind' }),
      },
    });
    await world.client.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'blind', namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'blind' },
        ...{ minReplicas: 1, maxReplicas: 3 },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        ],
      },
    } as never);
  });
  afterAll(() => world.dispose());

  const conditionOf = async (name: string, type: string) => {
    const found = await world.client.get<{
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    }>(`${autoscalers}/${name}`);
    return found?.status?.conditions?.find((condition) => condition.type === type)?.status;
  };
  /** What the pods pretend to use. */
  const pretended = async () => {
    const pods = await world.client.list(`/api/v1/namespaces/${namespace}/pods`);
    return pods.flatMap(({ metadata }) => metadata.annotations?.[simulatedCpu] ?? []);
  };
  const bound = (spec: object) =>
    edit<{ spec: object }>(world.client, `${autoscalers}/pictures`, (found) => ({ spec: { ...found.spec, ...spec } }));
  const findingsOf = ({ result }: { readonly result: DrillResult | undefined }) =>
    (result?.kind === 'look' ? result.findings : (result?.record.findings ?? []))
      .filter(({ level }) => !['ok', 'note'].includes(level))
      .map(({ level, message }) => `${level}: ${message}`);
  /** Runs a drill, and does something as soon as its load is there. */
  const during = async (drill: string, act: () => Promise<unknown>) => {
    const [name = '', ...flags] = drill.split(' ');
    const running = world.run(name, ...flags);
    await expect.poll(pretended, slow).not.toEqual([]);
    await act();
    return running;
  };
  const notObserved = ({ verdict }: DrillRecord) => verdict.notObserved.join('; ');

  it('is not made where the autoscaler cannot know what its pods use', async () => {
    const document = await world.run('blind');
    expect(findingsOf(document)).toContain(
      `weakness: autoscaler blind in ${namespace} would not scale: container blind requests no cpu`,
    );
    expect(document.exitCode).toBe(7);
    expect(await pretended()).toEqual([]);
  });

  // Metrics of new pods take more than a minute, which nothing that is stopped has to wait for.
  it('is taken back at once by Ctrl-C', async () => {
    const running = world.sandbox.start(['chaos', 'run', 'slight', '--anyway', '--json']);
    await expect.poll(pretended, slow).toHaveLength(2);

    running.kill('SIGINT');

    const { exitCode, stdout } = await running.finished;
    expect(await pretended()).toEqual([]);
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      result: {
        record: {
          verdict: {
            outcome: 'interrupted',
            reasons: ['the drill was interrupted before its end, and the fault was taken back'],
          },
        },
      },
    });
    expect(await world.leftovers()).toEqual([]);
  });

  it('is taken back by `chaos restore` when its process was killed', async () => {
    const running = world.sandbox.start(['chaos', 'run', 'slight', '--anyway']);
    await expect.poll(pretended, slow).toHaveLength(2);
    running.kill('SIGKILL');
    await running.finished;
    expect(await pretended()).toHaveLength(2);

    const { exitCode, stdout, stderr } = await world.sandbox.platform(['chaos', 'restore']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) as string });
    expect(stdout).toContain('simulated load on deployment/pictures in shop');
    expect(await pretended()).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
  });

  it('says that it was too short to be a test', async () => {
    await expect.poll(() => conditionOf('pictures', 'ScalingActive'), slow).toBe('True');

    const document = await world.run('short');

    const { verdict, scaling } = recordOf(document);
    expect(scaling).toMatchObject({ status: 'ended-early', path: [2] });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.summary).toMatch(/^the load ended before the autoscaler could have reacted: the load lasted/);
    expect(document.exitCode).toBe(9);
    expect(await pretended()).toEqual([]);
  });

  it('follows the autoscaler up and back, as it was predicted', async () => {
    const document = await world.run('grow');

    const record = recordOf(document);
    expect(record.verdict).toMatchObject({ outcome: 'passed', isRehearsed: true, reasons: [] });
    expect(document.exitCode).toBe(0);
    const { scaling, prediction } = record;
    expect(scaling).toMatchObject({ original: 2, wanted: 5, maximum: 5, peak: 5, final: 2, status: 'as-expected' });
    expect(scaling?.path.at(0)).toBe(2);
    expect(scaling?.path.at(-1)).toBe(2);
    expect(prediction.scaling).toMatchObject({ original: 2, peak: 5 });
    expect(prediction.scaling?.up.at(-1)?.replicas).toBe(5);
    expect(prediction.scaling?.down.at(-1)?.replicas).toBe(2);
    expect(record.load).toMatchObject({ isSimulated: true });
    expect(notObserved(record)).toContain('answers and how long they take: the load was simulated');
    if (document.result?.kind !== 'run') throw new Error('no run');
    const html = await readFile(document.result.html, 'utf8');
    expect(html).toContain('<svg');
    expect(html).toContain('passed (rehearsed)');
    expect(await pretended()).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
  });

  it('judges nothing when somebody moves the bounds of the autoscaler, and waits until it is at rest again', async () => {
    const document = await during('slight', () => bound({ minReplicas: 3 }));

    const { verdict } = recordOf(document);
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons).toContain('the autoscaler could not be judged: somebody changed its minimum from 2 to 3');
    expect(document.exitCode).toBe(9);
    await expect.poll(() => world.replicas('deployment/pictures'), slow).toBe(3);
    await bound({ minReplicas: 2 });

    const next = await world.run('slight', '--dry-run');
    expect(next.exitCode).toBe(9);
    expect(findingsOf(next)).toEqual([
      expect.stringMatching(/^inconclusive: autoscaler pictures in shop does not stand still: /),
    ]);
    expect(next.error?.suggestions).toEqual([expect.stringMatching(/^try again in \d/)]);
  });

  it('ends when somebody deletes the autoscaler', async () => {
    const document = await during('slight --anyway', () => world.client.delete(`${autoscalers}/pictures`));

    const { verdict } = recordOf(document);
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons.join('; ')).toContain(
      'the autoscaler could not be judged: somebody deleted the autoscaler during the drill',
    );
    expect(await pretended()).toEqual([]);
  });
});
