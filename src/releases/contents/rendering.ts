import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { readJsonFile, writeFileAtomically } from '../../files.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { StepContext } from '../../plan/step.js';
import { readChartTexts } from '../charts/chart-texts.js';
import type { Chart, Charts } from '../charts/charts.js';
import type { Contents, Definition } from './contents.js';
import type { Helm } from '../helm/helm.js';
import { canonicalJson } from '../input-hash.js';
import { isFromCrdsFolder, parseManifest, type ManifestObject } from '../helm/manifest.js';
import { readContents } from './read-contents.js';
import { unknownValues } from '../values/values-schema.js';
import { mergeValues } from '../values/values.js';

/** Raised when what is kept of a rendered chart changes. */
const format = 2;

/** What charts render to: found out once for each chart and values, and remembered without the values. */
export interface Renderings {
  /** What is remembered; runs nothing. */
  known(release: Release, chart: Chart): Promise<Contents | undefined>;
  /** What a release puts into a cluster. Needs Helm. */
  contents(release: Release, chart: Chart, context: StepContext): Promise<Contents>;
  /** The definitions of a release that we apply ourselves, as they are to be applied. */
  definitions(release: Release, chart: Chart, context: StepContext): Promise<readonly KubernetesObject[]>;
}

export interface RenderingsOptions {
  /** The cache's folder for renderings. */
  readonly folder: string;
  readonly helm: Pick<Helm, 'template'>;
  /** For definitions that come in a chart of their own. */
  readonly charts: Pick<Charts, 'fetch'>;
  /** Kubernetes minor version, such as `1.36`. */
  readonly kubernetes: string;
  /** APIs that other releases bring, for charts that ask: `group/version` and `group/version/Kind`. */
  readonly apis: readonly string[];
}

type Found = readonly { readonly object: KubernetesObject; readonly by: Definition['by'] }[];

const contentsFile = z.object({ contents: z.custom<Contents>((value) => typeof value === 'object') });
const definitionsFile = z.object({
  definitions: z.custom<readonly KubernetesObject[]>((value) => Array.isArray(value)),
});

export function createRenderings({ folder, helm, charts, kubernetes, apis }: RenderingsOptions): Renderings {
  const running = new Map<string, Promise<Contents>>();
  // Each is a Helm of its own, of 50 MB.
  const limit = pLimit(availableParallelism());
  return {
    known,
    async contents(release, chart, context) {
      const key = keyOf(release, chart);
      const made =
        running.get(key) ??
        known(release, chart).then((found) => found ?? limit(() => render(release, chart, context)));
      running.set(key, made);
      made.catch(() => running.delete(key));
      return made;
    },
    async definitions(release, chart, context) {
      const file = join(folder, keyOf(release, chart), 'definitions.json');
      const found = await readJsonFile(file, definitionsFile);
      if (found) return found.definitions;
      await render(release, chart, context);
      return (await readJsonFile(file, definitionsFile))?.definitions ?? [];
    },
  };

  async function known(release: Release, chart: Chart): Promise<Contents | undefined> {
    return (await readJsonFile(join(folder, keyOf(release, chart), 'contents.json'), contentsFile))?.contents;
  }

  async function render(release: Release, chart: Chart, context: StepContext): Promise<Contents> {
    const { name, namespace } = release;
    const values = mergeValues(release.values);
    const text = await helm.template({ name, namespace, chart: chart.path, values, kubernetes, apis }, context.signal);
    const objects = parse(name, text);
    const found = await definitionsOf(release, chart, objects, context);
    const unknown = chart.standIn ? [] : unknownValues(release, await readChartTexts(chart.path));
    const contents = readContents(objects, found, unknown);
    const home = join(folder, keyOf(release, chart));
    const definitions = found.filter(({ by }) => by === 'platform').map(({ object }) => object);
    await writeFileAtomically(join(home, 'definitions.json'), JSON.stringify({ definitions }));
    // Last: it says that the rendering is whole.
    await writeFileAtomically(join(home, 'contents.json'), JSON.stringify({ contents }));
    return contents;
  }

  async function definitionsOf(
    release: Release,
    chart: Chart,
    objects: readonly ManifestObject[],
    context: StepContext,
  ): Promise<Found> {
    const all = objects.filter(isDefinition);
    const [inFolder, templated] = [all.filter(isFromCrdsFolder), all.filter((object) => !isFromCrdsFolder(object))];
    const ours = inFolder.map(asOurs);
    const crds = release.catalogue?.crds;
    if (chart.standIn || crds?.from !== 'switch') return [...ours, ...templated.map(asHelms)];
    const [first] = templated;
    if (first) throw switchedOn(release.name, first.object.metadata.name, crds.switch);
    return [...ours, ...(await switchedOnDefinitions(release, chart, crds, context)).map(asOurs)];
  }

  async function switchedOnDefinitions(
    release: Release,
    chart: Chart,
    crds: NonNullable<NonNullable<Release['catalogue']>['crds']>,
    context: StepContext,
  ): Promise<readonly ManifestObject[]> {
    const { name, namespace } = release;
    const own = crds.chart && (await charts.fetch(definitionsRelease(release, crds.chart), context));
    const values = mergeValues([...(own ? [] : release.values), { values: crds.switch ?? {} }]);
    const path = own?.path ?? chart.path;
    const text = await helm.template({ name, namespace, chart: path, values, kubernetes, apis }, context.signal);
    return parse(name, text).filter(isDefinition);
  }

  function keyOf({ name, namespace, values, catalogue }: Release, { digest, standIn }: Chart): string {
    const { crds } = catalogue ?? {};
    const way = crds && { from: crds.from, switch: crds.switch, chart: crds.chart };
    const input = { format, name, namespace, digest, standIn, values: mergeValues(values), way, kubernetes, apis };
    return createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 40);
  }
}

/** The chart that holds nothing but a release's definitions, as a release of its own that is only rendered. */
function definitionsRelease(
  { name, namespace }: Release,
  chart: { readonly repository: string; readonly name: string; readonly version: string },
): Release {
  return { name: `${name}-crds`, namespace, chart: { from: 'repository', ...chart }, needs: [], values: [] };
}

function parse(release: string, text: string): ManifestObject[] {
  try {
    return parseManifest(text);
  } catch (error) {
    throw new PlatformError('usage', `the chart of ${release} does not render to YAML`, {
      cause: error,
      output: error instanceof Error ? error.message : String(error),
    });
  }
}

function isDefinition({ object }: ManifestObject): boolean {
  return object.kind === 'CustomResourceDefinition';
}

function asOurs({ object }: ManifestObject): Found[number] {
  return { object: withoutHelm(object), by: 'platform' };
}

function asHelms({ object }: ManifestObject): Found[number] {
  return { object, by: 'helm' };
}

/** A definition as we apply it: it must not say that Helm owns it, and holds only what its author decides. */
function withoutHelm(object: KubernetesObject): KubernetesObject {
  const { metadata, spec } = object as KubernetesObject & { readonly spec: object };
  const labels = without(metadata.labels, (key) => key === 'app.kubernetes.io/managed-by');
  const annotations = without(metadata.annotations, (key) => key.startsWith('helm.sh/'));
  const { apiVersion, kind } = object;
  const kept = { apiVersion, kind, metadata: { name: metadata.name, labels, annotations }, spec };
  return kept;
}

function without(
  entries: Readonly<Record<string, string>> | undefined,
  isDropped: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => !isDropped(key)));
}

function switchedOn(release: string, definition: string, values: unknown): PlatformError {
  return new PlatformError('usage', `the values of ${release} let Helm install definitions, such as ${definition}`, {
    suggestions: [
      `take ${JSON.stringify(values)} out of its values: platform applies them itself, before any release, and upgrades them`,
    ],
  });
}
