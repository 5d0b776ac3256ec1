import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { PlatformError } from '../../errors.js';
import type { CatalogueEntry } from '../catalogue.js';
import { customResourceDefinition } from './stand-in/custom-resource-definition.js';
import { definitionLabels, labels, standInLabel } from './stand-in/labels.js';
import { service } from './stand-in/service.js';
import { workload } from './stand-in/workload.js';

/**
 * Writes a small chart of the objects a catalogue entry says its chart provides, for where the real one cannot be had
 * and its pods would be simulated anyway. Chart.yaml has the real chart's name and version; everything carries the
 * label `platform.dev/stand-in`; any values are accepted and change nothing. CRDs are always in `crds/`. There are no
 * webhook configurations and no API services: nothing would answer them.
 *
 * The same entry gives the same bytes. What was in the folder before is removed.
 *
 * @param name Name of the release; its CRDs carry it as `app.kubernetes.io/instance`.
 * @param folder Becomes the chart: Chart.yaml, values.yaml, crds/, templates/.
 * @throws PlatformError `unexpected` for a bundled chart, which is always at hand.
 */
export async function writeStandInChart(name: string, entry: CatalogueEntry, folder: string): Promise<void> {
  const files = standInChart(name, entry);
  await rm(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** Path within the chart to content. */
function standInChart(name: string, entry: CatalogueEntry): Record<string, string> {
  const chart = chartOf(name, entry);
  const files: Record<string, string> = {
    'Chart.yaml': stringify({
      apiVersion: 'v2',
      name: chart.name,
      version: chart.version,
      ...(entry.appVersion !== undefined && { appVersion: entry.appVersion }),
      description: `Stand-in for the chart ${chart.name}: the objects others can see, without what makes them work`,
      annotations: { [standInLabel]: 'true' },
    }),
    'values.yaml': '# A stand-in takes any values and heeds none.\n{}\n',
    'templates/NOTES.txt': `This is a stand-in for the chart ${chart.name} ${chart.version}: its objects, without what makes them work.\n`,
  };
  for (const resource of entry.crds?.resources ?? []) {
    const definition = customResourceDefinition(resource, definitionLabels(name));
    files[`crds/${resource.plural}.${resource.group}.yaml`] = stringify(definition);
  }
  const { deployments, statefulSets, daemonSets, services, ingressClasses } = entry.objects;
  const objects = [
    ...Object.entries(deployments).map(([object, spec]) => workload('Deployment', object, spec)),
    ...Object.entries(statefulSets).map(([object, spec]) => workload('StatefulSet', object, spec)),
    ...Object.entries(daemonSets).map(([object, spec]) => workload('DaemonSet', object, spec)),
    ...Object.entries(services).map(([object, spec]) => service(object, spec)),
    ...Object.entries(ingressClasses).map(([object, spec]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: object, labels: labels(object) },
      spec,
    })),
  ];
  for (const object of objects) {
    files[`templates/${object.metadata.name}-${object.kind.toLowerCase()}.yaml`] = stringify(object);
  }
  return files;
}

function chartOf(name: string, { chart }: CatalogueEntry): { readonly name: string; readonly version: string } {
  if ('bundled' in chart) {
    throw new PlatformError(
      'unexpected',
      `release ${name} uses the bundled chart ${chart.bundled}, which needs no stand-in`,
    );
  }
  return { name: 'name' in chart ? chart.name : (chart.oci.split('/').at(-1) ?? name), version: chart.version };
}
