import { nearest } from '../nearest.js';
import type { Environment } from './environment.js';
import { valueAt } from './issues.js';
import { namesIn, said, type Layer } from './layer.js';
import type { Problem, Report } from './problems.js';

/** Who asks for optional parts beside the files. */
export interface AskedParts {
  /** What `--with` says. */
  readonly asked: readonly string[];
  /** What it said when the environment was begun; parts that are gone since count for nothing. */
  readonly remembered: readonly string[];
}

interface PartsContext {
  readonly layers: readonly Layer[];
  /** False when the blueprint could not be read, so that a part may well be in there. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/**
 * The optional parts that are on, each once: those of the strongest layer that lists any, then those that were asked
 * for; and which of them were asked for. Parts that nothing belongs to are reported.
 */
export function partsOn(
  context: PartsContext,
  { asked, remembered }: AskedParts,
): { readonly parts: readonly string[]; readonly askedParts: readonly string[] } {
  const known = knownParts(context.layers);
  if (context.isComplete && !isUncertain(context.layers)) {
    reportUnknownInFile(context.layers, known);
    for (const part of asked.filter((one) => !known.includes(one))) {
      context.report({ file: '--with', line: 1, column: 1, path: '', ...unknownPart(part, known) });
    }
  }
  const listed = said(context.layers, 'parts').at(-1) ?? [];
  const askedParts = unique([...asked, ...remembered]).filter((part) => known.includes(part));
  return { parts: unique([...listed, ...askedParts]), askedParts };
}

/** Names of all parts that anything belongs to, or that make a difference to anything; sorted. */
function knownParts(layers: readonly Layer[]): string[] {
  const releases = said(layers, 'releases').flatMap((section) => Object.values(section));
  const ofReleases = releases.flatMap((release) => [release?.part ?? [], Object.keys(release?.parts ?? {})].flat());
  const secrets = said(layers, 'secrets').flatMap((section) => Object.values(section));
  return unique([...ofReleases, ...secrets.flatMap((secret) => secret?.part ?? [])]).sort();
}

function reportUnknownInFile(layers: readonly Layer[], known: readonly string[]): void {
  const draft = layers.findLast((layer) => layer.draft.content.parts)?.draft;
  // From the source, because the checked content has lost the places of what was wrong in it.
  const written = valueAt(draft?.source.value, ['parts']);
  if (!draft || !Array.isArray(written)) return;
  written.forEach((part: unknown, index) => {
    const path = ['parts', index];
    if (typeof part !== 'string' || known.includes(part) || draft.isReported(path)) return;
    draft.report(draft.source.problem(path, 'value', unknownPart(part, known)));
  });
}

function unknownPart(part: string, known: readonly string[]): Pick<Problem, 'message' | 'value' | 'allowed'> {
  const meant = nearest(part, known);
  return {
    message: `there is no optional part ${JSON.stringify(part)} in this environment`,
    value: part,
    allowed: known.length > 0 ? known.join(', ') : 'none, as none of its releases belongs to a part',
    ...(meant && { suggestion: `did you mean ${meant}?` }),
  };
}

// With what a release or a Secret says of parts reported as wrong, nobody knows which parts there are.
function isUncertain(layers: readonly Layer[]): boolean {
  const places = [
    ...namesIn(layers, 'releases').flatMap((name) => [
      ['releases', name, 'part'],
      ['releases', name, 'parts'],
    ]),
    ...namesIn(layers, 'secrets').map((name) => ['secrets', name, 'part']),
  ];
  return layers.some(({ draft }) => places.some((place) => draft.isReported(place)));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** How to get a release that its environment has only with a part that is off; nothing for any other. */
export function switchOn(release: string, off: ReadonlyMap<string, string> | undefined): string[] {
  const part = off?.get(release);
  return part === undefined ? [] : [`${release} belongs to the part ${part}, which is off: --with ${part}`];
}

/** What a command has to say to get the same parts again; nothing where it asked for none. */
export function withFlag({ askedParts = [] }: Pick<Environment, 'askedParts'>): string {
  return askedParts.length > 0 ? ` --with ${askedParts.join(',')}` : '';
}
