import type { Environment, Release, Values, ValuesLayer } from '../environment/environment.js';
import { switchOn } from '../environment/parts.js';
import { redact, redactText } from '../environment/redact.js';
import { PlatformError } from '../errors.js';
import { readChartTexts, type ChartTexts } from '../releases/charts/chart-texts.js';
import { parseChartValues } from '../releases/charts/chart-values.js';
import { describeChart, type Charts } from '../releases/charts/charts.js';
import { didYouMean } from '../releases/find-installed.js';
import { unknownValues, type UnknownValue } from '../releases/values/values-schema.js';
import { mergeValues, originsOf } from '../releases/values/values.js';

export interface ValuesOptions {
  /** Put the chart's own defaults below everything, with the origin `chart`. */
  readonly defaults: boolean;
}

export interface ValuesResult {
  readonly release: string;
  readonly namespace: string;
  /** As people name it: `oci://quay.io/jetstack/charts/cert-manager v1.21.1`. */
  readonly chart: string;
  /** Merged, what looks secret masked; null where a layer takes a default of the chart out. */
  readonly values: Values;
  /** Path of each value, dots in keys escaped, to the layer it comes from. */
  readonly origins: Readonly<Record<string, string>>;
  readonly unknown: readonly UnknownValue[];
  /** Why nobody looked for unknown values. */
  readonly unchecked?: string;
}

/**
 * The values a release is installed with, and where each comes from; needs no cluster and downloads nothing.
 * @throws PlatformError `usage` for an unknown release, `prerequisite` when the defaults of a chart are asked for that
 * is not here
 */
export async function values(
  environment: Pick<Environment, 'name' | 'releases' | 'offReleases'>,
  name: string,
  { defaults }: ValuesOptions,
  charts: Pick<Charts, 'find'>,
): Promise<ValuesResult> {
  const release = releaseOf(environment, name);
  const files = await filesOf(release, charts);
  if (defaults && !files) throw notHere(release);
  const layers = [...(defaults && files ? [defaultsOf(files)] : []), ...release.values];
  return {
    release: release.name,
    namespace: release.namespace,
    chart: redactText(describeChart(release.chart)),
    values: redact(mergeValues(layers)),
    origins: Object.fromEntries(originsOf(layers)),
    unknown: files ? unknownValues(release, files) : [],
    ...uncheckedBecause(files),
  };
}

function releaseOf(
  { name: environment, releases, offReleases }: Pick<Environment, 'name' | 'releases' | 'offReleases'>,
  name: string,
): Release {
  const found = releases.find((release) => release.name === name);
  if (found) return found;
  const names = releases.map((release) => release.name);
  throw new PlatformError('usage', `${environment} has no release ${name}`, {
    facts: { release: name, releases: names },
    suggestions: [
      ...switchOn(name, offReleases),
      ...didYouMean(name, names),
      names.length > 0 ? `its releases are ${names.join(', ')}` : 'it has no releases on this target',
    ],
  });
}

// A stand-in has no values of its own.
async function filesOf(release: Release, charts: Pick<Charts, 'find'>): Promise<ChartTexts | undefined> {
  const chart = await charts.find(release);
  return chart && !chart.standIn ? readChartTexts(chart.path) : undefined;
}

function defaultsOf(files: ChartTexts): ValuesLayer {
  return { origin: 'chart', values: parseChartValues(files.get('values.yaml') ?? '') };
}

function uncheckedBecause(files: ChartTexts | undefined): { readonly unchecked?: string } {
  if (!files) return { unchecked: 'the chart is not here' };
  const hasSchema = [...files.keys()].some((file) => file.endsWith('values.schema.json'));
  return hasSchema ? {} : { unchecked: 'the chart has no schema of its values' };
}

function notHere({ name, chart }: Release): PlatformError {
  return new PlatformError('prerequisite', `the chart of ${name} is not here, so its defaults are not known`, {
    suggestions: ['`platform up` downloads it', 'run the command again without --defaults'],
    facts: { release: name, chart: redactText(describeChart(chart)) },
  });
}
