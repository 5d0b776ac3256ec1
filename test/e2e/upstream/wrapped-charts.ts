import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { parseManifest, type ManifestObject } from '../../../src/releases/helm/manifest.js';
import { upstream } from '../../upstream.js';

/** What the collection says of a chart, as far as tests compare it. */
export interface UpstreamChart {
  readonly name: string;
  readonly version: string;
  readonly defaultNamespace?: string;
  readonly crds?: { readonly names: readonly string[]; readonly from?: Readonly<Record<string, number>> };
  readonly images?: readonly string[];
  readonly dependsOnCrds?: readonly {
    readonly group: string;
    readonly kinds: Readonly<Record<string, number>>;
    readonly shippedBy?: readonly string[];
  }[];
}

export async function upstreamCatalogue(): Promise<readonly UpstreamChart[]> {
  return parse(await readFile(join(upstream, 'catalogue.yaml'), 'utf8')) as readonly UpstreamChart[];
}

/** The objects of a rendered chart, its definitions apart. */
export async function rendered(
  name: string,
): Promise<{ readonly objects: readonly ManifestObject[]; readonly definitions: readonly ManifestObject[] }> {
  const [objects, definitions] = await Promise.all(
    ['manifests.yaml', 'crds.yaml'].map(async (file) => {
      const path = join(upstream, name, file);
      return existsSync(path) ? parseManifest(await readFile(path, 'utf8')) : [];
    }),
  );
  return { objects: objects ?? [], definitions: definitions ?? [] };
}

export interface WrapOptions {
  /** Value that turns templated definitions on, such as `crds.enabled`; without it they are always there. */
  readonly definitionsSwitch?: string | undefined;
}

/**
 * Writes a chart that renders to what the public one rendered to: each object through `.Files.Get`, because rule texts
 * hold template braces; hooks stay hooks, and definitions come the way they do there.
 */
export async function wrapChart(chart: UpstreamChart, folder: string, options: WrapOptions = {}): Promise<void> {
  const { objects, definitions } = await rendered(chart.name);
  const { name, version } = chart;
  const inFolder = chart.crds?.from?.['crdsDirectory'] !== undefined;
  const files: Record<string, string> = {
    'Chart.yaml': JSON.stringify({ apiVersion: 'v2', name, version }),
    'values.yaml': '{}\n',
    ...(inFolder && { 'charts/crds/Chart.yaml': JSON.stringify({ apiVersion: 'v2', name: 'crds', version: '0.0.0' }) }),
  };
  definitions.forEach(({ object }, index) => {
    const file = `${String(index)}.json`;
    // In a subchart, whose files Helm does not keep in the release record: 4.5 MB would not fit.
    if (inFolder) files[`charts/crds/crds/${file.replace('.json', '.yaml')}`] = JSON.stringify(object);
    else Object.assign(files, templated(`crd-${file}`, object, options.definitionsSwitch));
  });
  objects.forEach(({ object }, index) => Object.assign(files, templated(`${String(index)}.json`, object)));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function templated(file: string, object: object, condition?: string): Record<string, string> {
  const content = `{{ .Files.Get "files/${file}" }}\n`;
  return {
    [`files/${file}`]: JSON.stringify(object),
    [`templates/${file.replace('.json', '.yaml')}`]: condition
      ? `{{- if (dig ${condition
          .split('.')
          .map((key) => JSON.stringify(key))
          .join(' ')} false (.Values | merge (dict))) }}\n${content}{{- end }}\n`
      : content,
  };
}
