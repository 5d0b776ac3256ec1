import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { EnvironmentRecord } from '../../src/environment/record.js';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { pathsFrom } from '../../src/paths.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import { createInterruption } from '../../src/plan/interruption.js';
import type { Ports } from '../../src/ports.js';
import { systemProcesses } from '../../src/process.js';
import { reachCluster } from '../../src/usecases/reach-cluster.js';
import { errorOf } from '../environment/fixture.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const server = 'https://shop.example.org:6443';

/** A machine whose kubeconfig has these contexts, and on which no environment was built. */
async function machine(...contexts: readonly string[]) {
  const home = await temporaryFolder();
  const ports: Ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, home),
    events: createEventHub(systemClock),
    interruption: createInterruption(),
    variables: { PATH: '' },
  };
  const { kubeconfig } = ports.paths;
  await mkdir(dirname(kubeconfig), { recursive: true });
  for (const context of contexts) {
    await writeFile(kubeconfig, kubeconfigText(context, { cluster: { server }, user: { token: 'secret' } }));
  }
  return {
    kubeconfig,
    stateFolder: join(ports.paths.state, 'shop'),
    reach: (record?: EnvironmentRecord) => reachCluster({ name: 'shop', record }, ports),
  };
}

describe('the cluster of an environment', () => {
  it('is reached by its context where it was never built', async () => {
    const { reach, stateFolder } = await machine('platform-shop');
    const { environment, client, stateFolder: found } = await reach();
    expect({ environment, server: client.server, found }).toEqual({ environment: 'shop', server, found: stateFolder });
  });

  it('is not reached by the context of another one: it is said what is missing, and how to get it', async () => {
    const { reach, kubeconfig } = await machine('platform-other');
    expect(await errorOf(reach())).toMatchObject({
      code: 'conflict',
      message: `shop was not built on this machine, and ${kubeconfig} has no context platform-shop`,
      suggestions: [
        'where it was built: platform kubeconfig --environment shop > shop.kubeconfig',
        'then here, with KUBECONFIG=shop.kubeconfig, the same command again',
      ],
    });
  });

  it('is not looked for elsewhere where it was built and is gone', async () => {
    const { reach } = await machine('platform-shop');
    const record = { name: 'shop', target: 'local', provider: 'embedded', createdAt: '2026-11-20T10:00:00Z' } as const;
    expect(await errorOf(reach(record))).toMatchObject({
      code: 'conflict',
      message: 'the cluster of shop is not running: it is absent',
      suggestions: ['see how it is with `platform status`'],
    });
  });
});
