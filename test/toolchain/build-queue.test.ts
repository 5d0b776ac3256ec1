import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { createBuildQueue, type Batch } from '../../src/toolchain/build-queue.js';
import type { BuildPin, ToolName } from '../../src/toolchain/pins.js';
import { contextFor } from './fixture.js';

const kubernetes: BuildPin = {
  module: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  package: 'k8s.io/kubernetes/cmd/any',
  variables: {},
  packages: 1,
  seconds: 1,
};

function wanted(name: ToolName, pin = kubernetes, signal?: AbortSignal, rank = 0) {
  return { name, pin, rank, ...contextFor(signal) };
}

/** A queue whose batches are recorded and last until they are told to end. */
function recordedQueue() {
  const batches: { batch: Batch; end: () => void }[] = [];
  const queue = createBuildQueue<string>(
    systemClock,
    (batch) =>
      new Promise((resolve) => {
        const end = () => {
          resolve(new Map([...batch.tools.keys()].map((name) => [name, `path of ${name}`])));
        };
        batches.push({ batch, end });
      }),
  );
  const started = async (count: number) => {
    while (batches.length < count) await systemClock.sleep(5);
    return batches.map(({ batch }) => [...batch.tools.keys()]);
  };
  return { queue, batches, started };
}

describe('the queue of builds', () => {
  it('builds tools of one module at once, and other modules after them', async () => {
    const { queue, batches, started } = recordedQueue();
    const builds = [
      queue.add(wanted('kube-scheduler')),
      queue.add(wanted('helm', { ...kubernetes, module: 'helm.sh/helm/v4' })),
      queue.add(wanted('kube-apiserver')),
    ];
    expect(await started(1)).toEqual([['kube-apiserver', 'kube-scheduler']]);
    await systemClock.sleep(400);
    expect(batches).toHaveLength(1);
    batches[0]?.end();
    expect(await started(2)).toEqual([['kube-apiserver', 'kube-scheduler'], ['helm']]);
    batches[1]?.end();
    expect(await Promise.all(builds)).toEqual(['path of kube-scheduler', 'path of helm', 'path of kube-apiserver']);
  });

  it('builds the most urgent first, whoever came first', async () => {
    const { queue, batches, started } = recordedQueue();
    const helm = { ...kubernetes, module: 'helm.sh/helm/v4' };
    const etcd = { ...kubernetes, module: 'go.etcd.io/etcd/server/v3' };
    const builds = [
      queue.add(wanted('helm', helm, undefined, 7)),
      queue.add(wanted('kube-apiserver', kubernetes, undefined, 2)),
      queue.add(wanted('etcd', etcd, undefined, 1)),
    ];
    for (let count = 1; count <= 3; count += 1) {
      await started(count);
      batches[count - 1]?.end();
    }
    expect(await started(3)).toEqual([['etcd'], ['kube-apiserver'], ['helm']]);
    await Promise.all(builds);
  });

  it('lets who comes later wait for the build that runs', async () => {
    const { queue, batches, started } = recordedQueue();
    const first = queue.add(wanted('kube-apiserver'));
    await started(1);
    const second = queue.add(wanted('kube-scheduler'));
    await systemClock.sleep(400);
    expect(batches).toHaveLength(1);
    batches[0]?.end();
    await first;
    expect(await started(2)).toEqual([['kube-apiserver'], ['kube-scheduler']]);
    batches[1]?.end();
    expect(await second).toBe('path of kube-scheduler');
  });

  it('stops a build only when nobody wants it any more', async () => {
    const { queue, batches, started } = recordedQueue();
    const impatient = new AbortController();
    const patient = new AbortController();
    const builds = Promise.allSettled([
      queue.add(wanted('kube-apiserver', kubernetes, impatient.signal)),
      queue.add(wanted('kube-scheduler', kubernetes, patient.signal)),
    ]);
    await started(1);
    impatient.abort(new Error('enough'));
    expect(batches[0]?.batch.signal.aborted).toBe(false);
    patient.abort(new Error('enough'));
    expect(batches[0]?.batch.signal.aborted).toBe(true);
    batches[0]?.end();
    expect((await builds).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('fails for all of a batch alike, and goes on with the next', async () => {
    let runs = 0;
    const queue = createBuildQueue<string>(systemClock, () => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('no')) : Promise.resolve(new Map([['helm', 'path']]));
    });
    await expect(queue.add(wanted('helm'))).rejects.toThrow('no');
    expect(await queue.add(wanted('helm'))).toBe('path');
  });
});
