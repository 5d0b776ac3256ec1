import { describe, expect, it } from 'vitest';
import { heldReleases, neededByDrills } from '../../../src/chaos/intent/held-releases.js';
import { openDrills } from '../../../src/chaos/intent/open-drills.js';
import type { ListedIntent } from '../../../src/chaos/intent/read-intent.js';
import type { Workload } from '../../../src/kubernetes/workloads.js';
import { orHeld } from '../../../src/releases/graph/selection.js';
import { intent, run, scaled } from '../given.js';

const open: ListedIntent = { name: `drill-${run}`, uid: 'uid-1', heartbeat: '0', intent: intent() };
const restored: ListedIntent = {
  ...open,
  restoration: { by: 'reaper@cluster/1', at: '2026-11-20T10:05:00Z', results: [] },
};
const torn: ListedIntent = { name: 'drill-torn', uid: 'uid-1', problem: 'it has no intent.json' };
const messages = (...listed: readonly ListedIntent[]) => openDrills(listed).map(({ message }) => message);

describe('what is said of a drill', () => {
  it('is who left what open, and how it is taken back', () => {
    expect(messages(open)).toEqual([
      `the drill db-down (run ${run}, by ann@laptop) is open: statefulset/postgres in app-services was scaled from 1 to 0; take it back: platform chaos restore ${run} --environment shop`,
    ]);
  });

  it('names everything that it changed and that stays so', () => {
    const changes = [
      { type: 'cordon', path: '', uid: '', subject: 'node/one', from: false },
      { type: 'cordon', path: '', uid: '', subject: 'node/two', from: true },
      { type: 'pods', path: '', uid: '', subject: 'pod/gone' },
      { type: 'object', path: '', subject: 'networkpolicy/x in a' },
      { type: 'annotation', collection: '', labelSelector: '', key: '', subject: 'simulated load on web' },
    ] as const;
    expect(openDrills([{ ...open, intent: intent(changes) }])[0]?.changes).toEqual([
      'node/one takes no new pods',
      'networkpolicy/x in a was made',
      'simulated load on web goes on',
    ]);
  });

  it('is who was first', () => {
    expect(messages(restored)).toEqual([
      `the drill db-down (run ${run}) was taken back by the reaper at 2026-11-20T10:05:00Z`,
    ]);
  });

  it('is also that it cannot be read', () => {
    expect(messages(torn)).toEqual([
      'the record drill-torn of a drill cannot be read (it has no intent.json), so what it changed is not known; see it: kubectl get configmap drill-torn --namespace platform-system --output yaml',
    ]);
  });
});

describe('what a drill holds', () => {
  const workload = (kind: Workload['kind'], name: string, release: string | undefined): Workload => ({
    ...{ kind, namespace: 'app-services', name, release, wanted: 0, ready: 0 },
    ...{ waitingFor: undefined, selector: {} },
  });
  const workloads = [
    workload('StatefulSet', 'postgres', 'app-services/database'),
    workload('Deployment', 'postgres', 'app-services/other'),
  ];
  let looked = 0;
  const held = (...listed: readonly ListedIntent[]) =>
    heldReleases(listed, () => {
      looked += 1;
      return Promise.resolve(workloads);
    });
  const drill = `the drill db-down (run ${run}) since 2026-11-20T10:00:00.000Z; take it back with platform chaos restore ${run} --environment shop`;
  const reason = `held by ${drill}`;

  it('is the release that its workload belongs to', async () => {
    expect([...(await held(open))]).toEqual([['app-services/database', reason]]);
  });

  it('must stay installed, and the reaper as well', async () => {
    expect([...(await neededByDrills([open], () => Promise.resolve(workloads)))]).toEqual([
      ['app-services/database', reason],
      ['platform-system/reaper', `needed by ${drill}`],
    ]);
    expect((await neededByDrills([restored, torn], () => Promise.resolve(workloads))).size).toBe(0);
  });

  it('is nothing once it was taken back, and then nobody looks at workloads', async () => {
    looked = 0;
    expect((await held(restored, torn)).size).toBe(0);
    expect(looked).toBe(0);
  });

  it('is nothing where the workload is of no release, or was not scaled', async () => {
    const made = intent([{ type: 'object', path: scaled.type === 'scale' ? scaled.path : '', subject: 'x' }]);
    expect((await held({ ...open, intent: made })).size).toBe(0);
    workloads[0] = workload('StatefulSet', 'postgres', undefined);
    expect((await held(open)).size).toBe(0);
  });

  it('is left out by its name, after what was asked to be left out', () => {
    const releases = [
      { name: 'database', namespace: 'app-services' },
      { name: 'web', namespace: 'app-services' },
    ];
    const leftOut = orHeld(
      (name) => (name === 'web' ? 'left out by --skip' : undefined),
      new Map([
        ['app-services/database', reason],
        ['app-services/web', reason],
      ]),
      { releases },
    );
    expect(['database', 'web', 'other'].map(leftOut)).toEqual([reason, 'left out by --skip', undefined]);
  });
});
