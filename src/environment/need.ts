import { facetsOf, isConditionFacet, isFacet, namedCondition } from '../releases/gates/facets.js';
import type { Candidate, ReleaseContext } from './candidate.js';
import { facets, type ConditionFacet, type FacetName, type Need } from './environment.js';
import type { Layer } from './layer.js';
import { nearest } from '../nearest.js';
import { offeredBy, offerMeantBy } from './offers.js';
import type { Path } from './problems.js';

/** A need as it is written, with the place to point at when it cannot be met. */
export interface WrittenNeed {
  readonly text: string;
  readonly layer: Layer;
  readonly path: Path;
  /** Said by the catalogue: nothing in the user's files says so. */
  readonly inherited: boolean;
}

/** What is wrong with a need. */
export interface Objection {
  readonly message: string;
  readonly allowed?: string;
  readonly suggestion?: string;
}

/** The need that is meant, an objection to it, or `undefined` where it counts for nothing in this environment. */
export function judged(
  written: WrittenNeed,
  all: ReadonlyMap<string, Candidate>,
  context: ReleaseContext,
): Need | Objection | undefined {
  const [release = '', facet = '', ...more] = written.text.split(':');
  const candidate = all.get(release);
  if (!isFacetName(facet) || more.length > 0) return malformed(written.text, release, facet, candidate);
  if (candidate?.presence === 'here') {
    return (isUncertain(candidate) ? undefined : objectionTo(facet, candidate)) ?? { release, facet };
  }
  // A release that is on the other target only, or that a stronger layer took out, is not needed here.
  if (candidate?.presence === 'elsewhere') return undefined;
  if (candidate && 'offPart' in candidate.presence) return off(release, facet, candidate.presence.offPart);
  if (candidate && isTakenOutAfter(written, candidate, context)) return undefined;
  return context.isComplete ? unmet(release, facet, candidate, all, context) : undefined;
}

function malformed(text: string, release: string, facet: string, candidate: Candidate | undefined): Objection {
  const offered = candidate ? offeredBy(candidate) : [];
  const meant = facet === '' ? 'ready' : offerMeantBy(facet, candidate);
  return {
    message: `${JSON.stringify(text)} is not a need`,
    allowed: `release:facet, the facet one of ${(offered.length > 0 ? offered : facets).join(', ')}`,
    ...(meant && offered.length > 0 && { suggestion: `did you mean ${release}:${meant}?` }),
  };
}

function objectionTo(facet: FacetName, candidate: Candidate): Objection | undefined {
  const { name } = candidate;
  const allowed = offeredBy(candidate)
    .map((offered) => `${name}:${offered}`)
    .join(', ');
  const objection = isConditionFacet(facet)
    ? objectionToCondition(facet, candidate)
    : // What a chart of the user's own brings, only its rendering shows: `edgesOf` judges that.
      candidate.catalogue === undefined || facetsOf({ catalogue: candidate.catalogue.entry }).includes(facet)
      ? undefined
      : { message: `${name} has no facet ${facet}` };
  return objection && { ...(allowed && { allowed }), ...objection };
}

function objectionToCondition(facet: ConditionFacet, { name: release, catalogue }: Candidate): Objection | undefined {
  const conditions = catalogue?.entry.conditions ?? {};
  const { condition, namespace, name } = namedCondition(facet);
  const known = conditions[condition];
  if (!known) {
    const meant = nearest(condition, Object.keys(conditions));
    const rest = facet.slice(condition.length);
    return {
      message: `${release} has no condition ${condition}`,
      ...(meant && { suggestion: `did you mean ${release}:${meant}${rest}?` }),
    };
  }
  if (known.scope === 'Cluster' && namespace !== undefined) {
    return {
      message: `${release}:${facet} has a namespace, and ${known.resource} have none`,
      suggestion: `did you mean ${release}:${condition}/${name}?`,
    };
  }
  if (known.scope === 'Namespaced' && namespace === undefined) {
    return {
      message: `${release}:${facet} has no namespace, and ${known.resource} are in one`,
      suggestion: `write ${release}:${condition}/<namespace>/${name}`,
    };
  }
  return undefined;
}

// Only what is written for the same part may count for nothing without it.
function off(release: string, facet: FacetName, part: string): Objection {
  return {
    message: `${release}:${facet} is never met: ${release} belongs to the part ${part}, which is off`,
    allowed: `such a need under parts: { ${part}: { needs: [...] } }, where it counts only while the part is on`,
    suggestion: `or switch it on: parts: [${part}] in the file, or --with ${part}`,
  };
}

function unmet(
  release: string,
  facet: FacetName,
  candidate: Candidate | undefined,
  all: ReadonlyMap<string, Candidate>,
  context: ReleaseContext,
): Objection {
  const present = [...all.values()].filter(({ presence }) => presence === 'here').map(({ name }) => name);
  const suggestion = candidate
    ? `${release} is left out by enabled: false`
    : context.catalogue.includes(release)
      ? `add it under releases: \`${release}: {}\``
      : didYouMean(nearest(release, present), facet);
  return {
    message: `nothing provides ${release}:${facet}: there is no release ${release} in this environment`,
    allowed: `a facet of ${present.join(', ')}`,
    ...(suggestion && { suggestion }),
  };
}

function didYouMean(release: string | undefined, facet: FacetName): string | undefined {
  return release && `did you mean ${release}:${facet}?`;
}

function isTakenOutAfter(
  { layer, inherited }: WrittenNeed,
  { presence }: Candidate,
  { layers }: ReleaseContext,
): boolean {
  if (typeof presence === 'string' || !('droppedBy' in presence)) return false;
  return inherited || layers.indexOf(layer) < layers.indexOf(presence.droppedBy);
}

// With its chart reported as wrong, nobody knows what the release provides.
function isUncertain({ name, writers, chart }: Candidate): boolean {
  return chart === undefined || writers.some(({ layer }) => layer.draft.isReported(['releases', name, 'chart']));
}

function isFacetName(text: string): text is FacetName {
  return isFacet(text) || isConditionFacet(text);
}
