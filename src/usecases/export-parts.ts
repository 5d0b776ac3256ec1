import { join } from 'node:path';
import type { Environment } from '../environment/environment.js';
import type { StepContext } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { apisOf } from '../releases/graph/brought-apis.js';
import { checkLockCovers } from '../releases/lock/lock-coverage.js';
import { createRenderings } from '../releases/contents/rendering.js';
import { mergeValues } from '../releases/values/values.js';
import type { ExportParts } from './export-argocd.js';
import { lockedCharts } from './published-charts.js';

/**
 * What an export is made with: the charts of the lock where there is one, and Helm, which is brought here if need be.
 * @throws PlatformError `conflict` when the lock does not cover the environment
 */
export async function exportParts(environment: Environment, context: StepContext, ports: Ports): Promise<ExportParts> {
  const { toolchain, helm, charts, lock } = await lockedCharts(environment, ports);
  await checkLockCovers(lock, environment);
  await toolchain.install('helm', context);
  const { target, local, aws, releases } = environment;
  const kubernetes = (target === 'aws' ? aws?.kubernetes : undefined) ?? local.kubernetes;
  const apis = releases.flatMap(apisOf);
  const folder = join(ports.paths.cache, 'charts', 'rendered');
  return {
    charts,
    renderings: createRenderings({ folder, helm, charts, kubernetes, apis }),
    render: ({ name, namespace, values }, chart, signal) =>
      helm.template({ name, namespace, chart: chart.path, values: mergeValues(values), kubernetes, apis }, signal),
  };
}
