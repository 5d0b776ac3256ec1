import { findCycle } from '../plan/graph.js';
import type { Candidate, ReleaseContext } from './candidate.js';
import type { Need } from './environment.js';
import { valueAt } from './issues.js';
import { judged, type Objection, type WrittenNeed } from './need.js';

/** What a release needs, from the catalogue and all layers, each once; needs that cannot be met are reported. */
export function needsOf(candidate: Candidate, all: ReadonlyMap<string, Candidate>, context: ReleaseContext): Need[] {
  const needs = new Map<string, Need>();
  for (const written of writtenNeeds(candidate, context.parts)) {
    const judgement = judged(written, all, context);
    if (judgement && 'facet' in judgement) needs.set(written.text, judgement);
    else if (judgement) object(judgement, written);
  }
  return [...needs.values()];
}

/** Reports each cycle of needs, whole, at a need that is part of it. */
export function reportCycles(
  needsByRelease: ReadonlyMap<string, readonly Need[]>,
  all: ReadonlyMap<string, Candidate>,
  { parts }: Pick<ReleaseContext, 'parts'>,
): void {
  const edges = new Map(
    [...needsByRelease].map(([name, needs]) => [
      name,
      needs.filter((need) => isWaitedFor(need, all)).map(({ release }) => release),
    ]),
  );
  for (let cycle = findCycle(edges); cycle; cycle = findCycle(edges)) {
    const links = linksOf(cycle);
    const written = links.flatMap(({ from, to }) => needsBetween(all.get(from), to, parts));
    // A need of the user's own is a better place to point at than one of the catalogue.
    const place = written.find(({ inherited }) => !inherited) ?? written[0];
    const message = `releases need each other in a circle: ${cycle.join(' → ')}`;
    if (place) object({ message, suggestion: 'take one of these needs out' }, place);
    for (const { from, to } of links)
      edges.set(
        from,
        (edges.get(from) ?? []).filter((need) => need !== to),
      );
  }
}

function linksOf(cycle: readonly string[]): { from: string; to: string }[] {
  return cycle.slice(1).map((to, index) => ({ from: cycle[index] ?? '', to }));
}

// CRDs that are applied on their own are there before the release that brings them.
function isWaitedFor({ release, facet }: Need, all: ReadonlyMap<string, Candidate>): boolean {
  return facet !== 'crds' || all.get(release)?.catalogue?.entry.crds?.from === 'helm';
}

function needsBetween(from: Candidate | undefined, to: string, parts: readonly string[]): WrittenNeed[] {
  return from ? writtenNeeds(from, parts).filter(({ text }) => text.startsWith(`${to}:`)) : [];
}

function writtenNeeds({ name, writers, catalogue }: Candidate, parts: readonly string[]): WrittenNeed[] {
  const places = [['needs'], ...parts.map((part) => ['parts', part, 'needs'])];
  const strongest = writers.at(-1);
  const inherited = strongest ? (catalogue?.entry.needs ?? []) : [];
  return [
    ...inherited.flatMap((text) =>
      strongest ? [{ text, layer: strongest.layer, path: ['releases', name], inherited: true }] : [],
    ),
    ...writers.flatMap(({ layer }) =>
      places.flatMap((place) => {
        // From the source, because the checked content has lost the places of what was wrong in it.
        const path = ['releases', name, ...place];
        const list = valueAt(layer.draft.source.value, path);
        return (Array.isArray(list) ? list : []).flatMap((text: unknown, index) =>
          typeof text === 'string' ? [{ text, layer, path: [...path, index], inherited: false }] : [],
        );
      }),
    ),
  ];
}

function object({ message, ...more }: Objection, { text, layer, path, inherited }: WrittenNeed): void {
  const { draft } = layer;
  if (!inherited && draft.isReported(path)) return;
  const what = {
    message: inherited ? `${message} (its catalogue entry needs ${text})` : message,
    value: text,
    ...more,
  };
  draft.report(draft.source.problem(path, inherited ? 'key' : 'value', what));
}
