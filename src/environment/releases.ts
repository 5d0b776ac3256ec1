import { readCandidate, type Candidate, type ReleaseContext } from './candidate.js';
import type { Need, Release, ValuesLayer } from './environment.js';
import { namesIn } from './layer.js';
import { nearest } from '../nearest.js';
import { needsOf, reportCycles } from './needs.js';

export interface ResolvedReleases {
  readonly releases: readonly Release[];
  /** Also of those that something is wrong with. */
  readonly names: readonly string[];
  /** Releases that are left out because their part is off: the name of each to that of its part. */
  readonly off: ReadonlyMap<string, string>;
  /** Of all of them, those that are not for this target included. */
  readonly namespaces: readonly string[];
}

/** The releases of an environment on its target, all layers below the flags applied; what is wrong is reported. */
export async function resolveReleases(context: ReleaseContext): Promise<ResolvedReleases> {
  const names = namesIn(context.layers, 'releases');
  const candidates = await Promise.all(names.map((name) => readCandidate(name, context)));
  const all = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const present = candidates.filter(({ presence }) => presence === 'here');
  const needs = new Map(present.map((candidate) => [candidate.name, needsOf(candidate, all, context)]));
  reportCycles(needs, all, context);
  return {
    releases: present.flatMap((candidate) => releaseOf(candidate, needs.get(candidate.name) ?? [], context)),
    names: present.map(({ name }) => name),
    off: new Map(
      candidates.flatMap(({ name, presence }) =>
        typeof presence === 'object' && 'offPart' in presence ? [[name, presence.offPart] as const] : [],
      ),
    ),
    namespaces: [...new Set(candidates.flatMap(({ namespace }) => namespace ?? []))],
  };
}

function releaseOf(candidate: Candidate, needs: readonly Need[], context: ReleaseContext): Release[] {
  const { name, chart, namespace, image, podSecurity, values, catalogue } = candidate;
  reportUnknownImage(candidate, context);
  if (chart === undefined || namespace === undefined) {
    if (context.isComplete) reportIncomplete(candidate, context);
    return [];
  }
  return [
    {
      ...{ name, namespace, chart, needs },
      values: [...(image === undefined ? [] : [unbuilt(image)]), ...values],
      ...(image !== undefined && { image }),
      ...(podSecurity && { podSecurity }),
      ...(catalogue && { catalogue: catalogue.entry }),
    },
  ];
}

// A name to render charts with where nothing is built: the image that is built takes its place.
function unbuilt(image: string): ValuesLayer {
  return { origin: `images.${image}`, values: { image: { repository: `registry.localhost/${image}`, tag: 'dev' } } };
}

function reportIncomplete({ name, writers, chart }: Candidate, { catalogue }: ReleaseContext): void {
  const draft = writers.at(-1)?.layer.draft;
  if (!draft || writers.some(({ layer }) => layer.draft.isReported(['releases', name, 'chart']))) return;
  const path = ['releases', name];
  if (chart === undefined) {
    const meant = nearest(name, catalogue);
    const what = {
      message: `the catalogue does not know the release ${name}, so it must give its chart and namespace`,
      value: name,
      allowed: `chart and namespace, or one of ${catalogue.join(', ')}`,
      ...(meant && { suggestion: `did you mean ${meant}?` }),
    };
    draft.report(draft.source.problem(path, 'key', what));
  } else if (!draft.isReported([...path, 'namespace'])) {
    const message = `releases.${name}.namespace is missing`;
    const allowed = 'a namespace; the catalogue has none for a chart of your own';
    draft.report(draft.source.problem([...path, 'namespace'], 'key', { message, allowed }));
  }
}

function reportUnknownImage({ name, image, writers }: Candidate, { layers, isComplete }: ReleaseContext): void {
  const images = namesIn(layers, 'images');
  const draft = writers.findLast(({ content }) => content.image !== undefined)?.layer.draft;
  if (image === undefined || images.includes(image) || !draft || !isComplete) return;
  const meant = nearest(image, images);
  const what = {
    message: `releases.${name}.image is ${JSON.stringify(image)}, which is not under images`,
    value: image,
    allowed: images.length > 0 ? images.join(', ') : `an entry under images: ${image}: { context: ./folder }`,
    ...(meant && { suggestion: `did you mean ${meant}?` }),
  };
  draft.report(draft.source.problem(['releases', name, 'image'], 'value', what));
}
