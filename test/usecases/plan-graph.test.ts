import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { pathsFrom } from '../../src/paths.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { openJournal } from '../../src/plan/journal.js';
import type { Ports } from '../../src/ports.js';
import { systemProcesses } from '../../src/process.js';
import { planGraph } from '../../src/usecases/plan-graph.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const shop = `
apiVersion: platform/v1alpha1
kind: Environment
name: shop
domain: shop.localhost
local: { provider: embedded }
releases:
  web: { chart: service, namespace: apps, needs: ["db:ready"], values: { image: { repository: example.org/web, tag: v1 } } }
  db: { chart: service, namespace: apps, values: { image: { repository: example.org/db, tag: v1 } } }
  mail: { chart: service, namespace: apps, values: { image: { repository: example.org/mail, tag: v1 } } }
`;

/** The environment above, which nothing was ever built of, and a home of its own. */
async function given() {
  const home = await temporaryFolder();
  await writeFile(join(home, 'platform.yaml'), shop);
  const ports: Ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, home),
    events: createEventHub(systemClock),
    interruption: createInterruption(),
    variables: { PATH: '' },
  };
  const environment = await loadEnvironment({ cwd: home, target: 'local' });
  return (only: readonly string[] = [], skip: readonly string[] = []) => {
    const options = { only, skip, prune: false, repair: false, recreate: false };
    return { planned: planGraph(environment, options, ports), stateFolder: join(ports.paths.state, 'shop') };
  };
}

/** The journal of a run that did these steps. */
function record(stateFolder: string, run: string, durations: Readonly<Record<string, number>>): void {
  const journal = openJournal(stateFolder, run);
  for (const [id, durationMs] of Object.entries(durations)) {
    journal.record({ at: 0, type: 'step-finished', id, outcome: 'done', durationMs });
  }
  journal.close();
}

describe('the graph of a plan', () => {
  it('has the releases, what each waits for, and how long they took whenever they were last done', async () => {
    const plan = await given();
    const { stateFolder } = plan();
    record(stateFolder, '20261101t100000z-a', { 'release/db': 3000, 'gate/db/ready': 9000, 'release/mail': 10 });
    for (let day = 10; day < 20; day += 1) record(stateFolder, `202611${String(day)}t100000z-b`, {});
    record(stateFolder, '20261120t100000z-c', { 'gate/db/ready': 4000, 'release/web': 500 });

    const { graph, changes } = await plan().planned;
    expect(changes).toBe(true);
    expect(graph.simulation).toMatch(/simulated/);
    expect(graph.releases.map(({ name, level, durationMs }) => [name, level, durationMs])).toEqual([
      ['db', 1, 3000],
      ['mail', 1, 10],
      ['web', 2, 500],
    ]);
    expect(graph.edges).toEqual([{ from: 'web', to: 'db', facet: 'ready', critical: true }]);
    expect(graph.criticalPath).toEqual({
      durationMs: 7500,
      steps: [
        { id: 'release/db', durationMs: 3000 },
        { id: 'gate/db/ready', durationMs: 4000 },
        { id: 'release/web', durationMs: 500 },
      ],
      unmeasured: [],
    });
  });

  it('is that of the releases that were named and what they need, or shows what is skipped', async () => {
    const plan = await given();
    const { graph } = await plan(['web']).planned;
    expect(graph.releases.map(({ name }) => name)).toEqual(['db', 'web']);
    const skipped = await plan([], ['db']).planned;
    expect(skipped.graph.releases.map(({ name, omitted }) => [name, omitted])).toEqual([
      ['db', 'left out by --skip'],
      ['mail', undefined],
      ['web', undefined],
    ]);
  });
});
