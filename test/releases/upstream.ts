import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { parseManifest } from '../../src/releases/helm/manifest.js';
import type { Manifest } from '../charts/helm.js';
import { upstream } from '../upstream.js';

export interface KnownChart {
  readonly name: string;
  readonly releaseName: string;
  readonly defaultNamespace: string;
  readonly version: string;
  readonly appVersion: string | null;
  readonly repository: { readonly classic?: string; readonly oci?: string };
  readonly crds?: { readonly from?: { readonly crdsDirectory?: number; readonly templates?: number } };
}

export async function knownChart(name: string): Promise<KnownChart | undefined> {
  const charts = parse(await readFile(`${upstream}/catalogue.yaml`, 'utf8')) as KnownChart[];
  return charts.find((chart) => chart.name === name);
}

export interface Definition extends Manifest {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
}

/** The definitions of a chart, without the megabytes of their schemas. */
export async function upstreamDefinitions(chart: string): Promise<Definition[]> {
  const file = `${upstream}/${chart}/crds.yaml`;
  return existsSync(file) ? read<Definition>(withoutSchemas(await readFile(file, 'utf8'))) : [];
}

/** The objects a catalogue entry speaks of; the rest of a chart (dashboards, rules) is not even parsed. */
export async function upstreamObjects(chart: string): Promise<Manifest[]> {
  const file = `${upstream}/${chart}/manifests.yaml`;
  if (!existsSync(file)) return [];
  const kinds =
    /^ *(- )?kind: "?(List|Deployment|StatefulSet|DaemonSet|Job|Service|IngressClass|APIService|\w+WebhookConfiguration)"?$/m;
  const documents = (await readFile(file, 'utf8')).split(/^---$/m);
  return read<Manifest>(documents.filter((document) => kinds.test(document)).join('\n---\n'));
}

function read<T>(text: string): T[] {
  return parseManifest(text).map(({ object }) => object as unknown as T);
}

/** Leaves out the lines deeper than a `schema:` key, which would take many seconds to parse. */
function withoutSchemas(stream: string): string {
  let depth = Infinity;
  return stream
    .split('\n')
    .filter((line) => {
      const indent = line.search(/\S/);
      if (indent > depth || indent === -1) return depth === Infinity;
      depth = /^\s*schema:\s*$/.test(line) ? indent : Infinity;
      return depth === Infinity;
    })
    .join('\n');
}
