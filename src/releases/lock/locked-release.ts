import { createHash } from 'node:crypto';
import type { Release } from '../../environment/environment.js';
import { imageReference, mutability } from '../../registry/image-reference.js';
import { describeChart, type Chart } from '../charts/charts.js';
import type { ChartMetadata } from '../charts/chart-metadata.js';
import type { Contents } from '../contents/contents.js';
import { canonicalJson } from '../input-hash.js';
import { definitionsRelease, lockedReference } from './lock-coverage.js';
import type { LockedImage, LockedRelease } from './lock-file.js';

export interface Resolved {
  readonly release: Release;
  /** The environment file, which folders are relative to. */
  readonly file: string;
  readonly chart: Chart;
  readonly metadata: ChartMetadata;
  /** Digest of the chart that its definitions come from, where they have one of their own. */
  readonly definitionsArchive: string | undefined;
  /** What it renders to on each target. */
  readonly contents: readonly Contents[];
  /** Semver range of the Helm versions that may install it. */
  readonly helm: string;
  /** Digests of images that are known already. */
  readonly digestOf: (image: string) => string | undefined;
}

/** A release as a lock holds it, over all targets; images whose digest is not known have null. */
export function lockedRelease(resolved: Resolved): LockedRelease {
  const { release, file, chart, metadata, contents, helm } = resolved;
  const { name, version, appVersion, kubeVersion } = metadata;
  return {
    ...{ chart: lockedReference(release.chart, file), name, version },
    ...(appVersion !== undefined && { appVersion }),
    digest: chart.digest,
    ...(kubeVersion !== undefined && kubeVersion !== '' && { kubernetes: kubeVersion }),
    helm,
    ...definitionsOf(resolved),
    uses: sortedSet(contents.flatMap(({ uses }) => uses.map(({ group, kind }) => `${group}/${kind}`))),
    images: sortedSet(contents.flatMap(({ images }) => images)).map((image) => lockedImage(image, resolved)),
  };
}

/** Whether an image is built from the environment's own sources: no registry can say what it will be. */
export function isBuiltHere(image: string, { image: built }: Pick<Release, 'image'>): boolean {
  return built !== undefined && imageReference(image)?.repository.split('/').at(-1) === built;
}

function lockedImage(image: string, { digestOf }: Resolved): LockedImage {
  const why = mutability(image);
  return { image, digest: digestOf(image) ?? null, ...(why !== undefined && { mutable: why }) };
}

function definitionsOf({ release, contents, definitionsArchive }: Resolved): Pick<LockedRelease, 'crds'> {
  const from = definitionsRelease(release)?.chart;
  const digests = sortedSet(
    contents.flatMap(({ definitions }) => definitions.map((one) => `${one.name} ${one.digest}`)),
  );
  if (digests.length === 0 && !from) return {};
  return {
    crds: {
      ...(from && { chart: describeChart(from) }),
      ...(definitionsArchive !== undefined && { archive: definitionsArchive }),
      digest: `sha256:${createHash('sha256').update(canonicalJson(digests)).digest('hex')}`,
      names: sortedSet(contents.flatMap(({ definitions }) => definitions.map(({ name }) => name))),
    },
  };
}

function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
