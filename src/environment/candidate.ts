import { catalogueChart, chartOf } from './chart.js';
import { readCatalogueFiles, type CatalogueFiles } from './catalogue-files.js';
import type { ChartReference, Target, ValuesLayer } from './environment.js';
import type { Layer } from './layer.js';
import type { Library } from './library.js';
import { nearest } from '../nearest.js';
import type { Report } from './problems.js';
import type { ReleaseContent } from './schema.js';
import { valueFileLayers } from './value-files.js';

export interface ReleaseContext {
  readonly layers: readonly Layer[];
  readonly target: Target;
  /** Optional parts that are on, in the order in which their overlays apply. */
  readonly parts: readonly string[];
  readonly library: Library;
  /** Names of the bundled charts. */
  readonly charts: readonly string[];
  /** Names the catalogue has entries for. */
  readonly catalogue: readonly string[];
  /** False when the blueprint could not be read, so that what is missing may well be in there. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** A release as its layers have it, before it is known whether it belongs to this environment here. */
export interface Candidate {
  readonly name: string;
  readonly writers: readonly Writer[];
  /** Only where the release really is the chart that the catalogue describes. */
  readonly catalogue: CatalogueFiles | undefined;
  readonly chart: ChartReference | undefined;
  readonly namespace: string | undefined;
  readonly image: string | undefined;
  readonly podSecurity: ReleaseContent['podSecurity'];
  readonly values: readonly ValuesLayer[];
  readonly presence: 'here' | 'elsewhere' | { readonly droppedBy: Layer } | { readonly offPart: string };
}

interface Writer {
  readonly layer: Layer;
  readonly content: ReleaseContent;
}

export async function readCandidate(name: string, context: ReleaseContext): Promise<Candidate> {
  const writers = context.layers.flatMap((layer): Writer[] => {
    const content = layer.draft.content.releases?.[name];
    return content === undefined ? [] : [{ layer, content: content ?? {} }];
  });
  const files = await readCatalogueFiles(name, context.target, context.library, context.report);
  const { chart, values, catalogue } = await layered(name, writers, files, context);
  const last = (key: keyof ReleaseContent) => writers.findLast(({ content }) => content[key] !== undefined);
  return {
    name,
    writers,
    catalogue,
    chart,
    namespace: last('namespace')?.content.namespace ?? catalogue?.entry.namespace,
    image: last('image')?.content.image,
    podSecurity: last('podSecurity')?.content.podSecurity,
    values,
    presence: presenceOf(writers, catalogue, context),
  };
}

function presenceOf(
  writers: readonly Writer[],
  catalogue: CatalogueFiles | undefined,
  { target, parts }: ReleaseContext,
): Candidate['presence'] {
  const last = (key: keyof ReleaseContent) => writers.findLast(({ content }) => content[key] !== undefined);
  const switched = last('enabled');
  if (switched?.content.enabled === false) return { droppedBy: switched.layer };
  const only = last('only')?.content.only ?? catalogue?.entry.only;
  if (only !== undefined && only !== target) return 'elsewhere';
  const part = last('part')?.content.part;
  return part === undefined || parts.includes(part) ? 'here' : { offPart: part };
}

// Values are written for a chart: a layer that brings another chart starts anew.
async function layered(
  name: string,
  writers: readonly Writer[],
  files: CatalogueFiles | undefined,
  context: ReleaseContext,
) {
  const known = files && catalogueChart(files.entry, context.library);
  let chart = known;
  let values: readonly ValuesLayer[] = files?.values ?? [];
  for (const { layer, content } of writers) {
    if (content.chart !== undefined) {
      const result = await chartOf(content.chart, { ...context, folder: layer.folder, bundled: context.charts });
      if ('chart' in result) {
        if (result.name !== chart?.name) values = result.name === known?.name ? (files?.values ?? []) : [];
        chart = result;
      } else {
        const { message, allowed, candidates = [] } = result;
        const meant = typeof content.chart === 'string' ? nearest(content.chart, candidates) : undefined;
        const suggestion = meant && `did you mean ${meant}?`;
        const problem = { message, value: content.chart, allowed, ...(suggestion && { suggestion }) };
        layer.draft.report(layer.draft.source.problem(['releases', name, 'chart'], 'value', problem));
      }
    }
    values = [...values, ...(await valuesLayers(name, { layer, content }, context))];
  }
  return { chart: chart?.chart, values, catalogue: chart && chart.name === known?.name ? files : undefined };
}

async function valuesLayers(
  name: string,
  { layer, content }: Writer,
  { target, parts }: ReleaseContext,
): Promise<ValuesLayer[]> {
  const { draft, folder, origin } = layer;
  const fromFiles = await valueFileLayers(content.files ?? {}, folder, (path, what) => {
    draft.report(draft.source.problem(['releases', name, 'files', path], 'value', what));
  });
  const overlay = (when: string, values: ValuesLayer['values'] | null | undefined) =>
    values ? [{ origin: `${origin} (${when})`, values }] : [];
  return [
    ...fromFiles,
    ...(content.values ? [{ origin, values: content.values }] : []),
    ...overlay(target, content[target]?.values),
    ...parts.flatMap((part) => overlay(part, content.parts?.[part]?.values)),
  ];
}
