import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { findCycle } from '../../plan/graph.js';
import type { CustomResourceUse, Edge, WebhookRule } from '../contents/contents.js';
import { facetsOf } from '../gates/facets.js';
import { definedKinds, isAppliedFirst, providersOf, type Providers } from './providers.js';

export interface EdgesOptions {
  readonly releases: readonly Release[];
  /** API groups that the cluster serves already, whoever brought them. */
  readonly served: ReadonlySet<string>;
}

/**
 * Who waits for what: the needs that were written, and those that follow from what the releases render to. A release
 * that creates a custom resource needs its definition, the API of its group, and every webhook that has to admit one of
 * its objects; one that could not be rendered yet waits for all definitions. Pure.
 * @throws PlatformError `usage` with every group that nobody provides, definition that two releases bring, facet that a
 * release does not have, and circle of needs
 */
export function edgesOf({ releases, served }: EdgesOptions): readonly Edge[] {
  const providers = providersOf(releases);
  const graph = new EdgeGraph(releases);
  const problems = [...clashes(providers), ...releases.flatMap((release) => unknownFacets(release, releases))];
  for (const edge of writtenEdges(releases)) graph.add(edge);
  for (const release of releases) {
    for (const use of release.contents?.uses ?? []) {
      const found = providerOf(use, providers, served);
      if ('problem' in found) problems.push(unprovided(release.name, use, found.problem));
      else if (found.to !== undefined && found.to !== release.name) {
        graph.add({ from: release.name, to: found.to, facet: found.facet, derived: `creates ${use.object}` });
      }
    }
  }
  if (problems.length > 0) throw inOne(problems);
  graph.refuseCircles();
  for (const edge of webhookEdges(releases)) graph.addUnlessCircle(edge);
  for (const edge of precautions(releases)) graph.addUnlessCircle(edge);
  return graph.edges;
}

/** The needs that were written, as edges. */
export function writtenEdges(releases: readonly Release[]): readonly Edge[] {
  return releases.flatMap(({ name, needs }) => needs.map(({ release, facet }) => ({ from: name, to: release, facet })));
}

/** The edges of an environment, without two of one meaning. */
class EdgeGraph {
  readonly edges: Edge[] = [];
  private readonly keys = new Set<string>();
  /** What each release waits for to be installed; definitions that are applied first wait for no release. */
  private readonly waits = new Map<string, Set<string>>();
  private readonly byName: ReadonlyMap<string, Release>;

  constructor(releases: readonly Release[]) {
    this.byName = new Map(releases.map((release) => [release.name, release]));
  }

  add(edge: Edge): void {
    const key = `${edge.from} ${edge.to}:${edge.facet}`;
    if (this.keys.has(key)) return;
    this.keys.add(key);
    this.edges.push(edge);
    if (this.isWaitedFor(edge)) this.waits.set(edge.from, (this.waits.get(edge.from) ?? new Set()).add(edge.to));
  }

  addUnlessCircle(edge: Edge): void {
    if (!this.isWaitedFor(edge) || !this.reaches(edge.to, edge.from)) this.add(edge);
  }

  refuseCircles(): void {
    const cycle = findCycle(new Map([...this.waits].map(([name, needs]) => [name, [...needs]])));
    if (!cycle) return;
    const links = cycle.slice(1).map((to, index) => {
      const edge = this.edges.find(
        (other) => other.from === cycle[index] && other.to === to && this.isWaitedFor(other),
      );
      return `${cycle[index] ?? ''} needs ${to}:${edge?.facet ?? ''}${edge?.derived ? ` (${edge.derived})` : ''}`;
    });
    throw new PlatformError('usage', `releases need each other in a circle: ${cycle.join(' → ')}`, {
      output: links.join('\n'),
      suggestions: ['take one of these needs out, or the values that make its object'],
    });
  }

  private isWaitedFor({ to, facet }: Edge): boolean {
    const release = this.byName.get(to);
    return release !== undefined && !(facet === 'crds' && isAppliedFirst(release));
  }

  private reaches(from: string, to: string): boolean {
    const seen = new Set<string>();
    const open = [from];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === to) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(...(this.waits.get(name) ?? []));
    }
    return false;
  }
}

type Found =
  | { readonly to: string | undefined; readonly facet: 'crds' | 'api' }
  | { readonly problem: 'group' | 'kind' | 'version' };

function providerOf(
  { group, version, kind }: CustomResourceUse,
  providers: Providers,
  served: ReadonlySet<string>,
): Found {
  const [definition] = providers.definitions.get(`${group}/${kind}`) ?? [];
  if (definition) {
    return definition.versions.includes(version) ? { to: definition.release, facet: 'crds' } : { problem: 'version' };
  }
  const api = providers.apis.get(`${group}/${version}`);
  if (api !== undefined) return { to: api, facet: 'api' };
  if (served.has(group)) return { to: undefined, facet: 'crds' };
  return { problem: providers.groups.has(group) ? 'kind' : 'group' };
}

function unprovided(
  release: string,
  { group, version, kind, object }: CustomResourceUse,
  problem: 'group' | 'kind' | 'version',
): Problem {
  const what = {
    group: `no release brings ${group}`,
    kind: `its release brings no ${kind}`,
    version: `not in ${version}`,
  };
  const message = `${release} creates ${object} of ${group}/${version}, which nothing in this environment provides (${what[problem]})`;
  const suggestions = [
    `add a release that brings ${group}/${version} ${kind}, or turn ${object} off in the values of ${release}`,
  ];
  return { message, suggestions, ...(problem === 'group' && { group }) };
}

interface Problem {
  readonly message: string;
  readonly suggestions: readonly string[];
  /** The API group that nobody brings. */
  readonly group?: string;
}

// Only rendered charts tell: values may have turned the definitions of one of them off.
function clashes({ definitions }: Providers): Problem[] {
  return [...definitions.values()].flatMap((found) => {
    const rendered = found.filter((definition) => definition.isRendered);
    const [first, second] = rendered;
    if (!first || !second) return [];
    return [
      {
        message: `${first.release} and ${second.release} both bring the definition ${first.name}`,
        suggestions: [
          `leave it to one of them: turn the definitions of ${first.release} or ${second.release} off in its values`,
        ],
      },
    ];
  });
}

function unknownFacets(release: Release, all: readonly Release[]): Problem[] {
  return release.needs.flatMap(({ release: name, facet }) => {
    const target = all.find((other) => other.name === name);
    if (!target?.contents || facet.includes('/')) return [];
    const offered = facetsOf(target);
    if ((offered as readonly string[]).includes(facet)) return [];
    return [
      {
        message: `${release.name} needs ${name}:${facet}, but ${name} has no facet ${facet}`,
        suggestions: [offered.length > 0 ? `its facets are ${offered.join(', ')}` : 'nothing of it can be waited for'],
      },
    ];
  });
}

// While a webhook with failurePolicy Fail does not answer, what it would have to admit is refused.
function* webhookEdges(releases: readonly Release[]): Generator<Edge> {
  const guards = releases.flatMap(({ name, contents }) =>
    (contents?.webhooks ?? []).map((rule) => ({ guard: name, rule })),
  );
  const kinds = definedKinds(releases);
  for (const { name, contents } of releases) {
    for (const { guard, rule } of guards) {
      if (guard === name || !rule.operations.some((operation) => operation === 'CREATE' || operation === '*')) continue;
      const resource = contents?.resources.find((candidate) => admits(rule, candidate, kinds));
      if (resource === undefined) continue;
      const [group, plural] = resource.split('/');
      const what = group ? `${plural ?? ''}.${group}` : plural;
      yield { from: name, to: guard, facet: 'webhook', derived: `creates ${what ?? ''}, which its webhook admits` };
    }
  }
}

function admits({ groups, resources }: WebhookRule, resource: string, kinds: ReadonlyMap<string, string>): boolean {
  const [group = '', guessed = ''] = resource.split('/');
  const plural = kinds.get(resource) ?? guessed;
  return (
    (groups.includes('*') || groups.includes(group)) &&
    resources.some((wanted) => wanted === '*' || wanted === '*/*' || wanted === plural || wanted === `${plural}/*`)
  );
}

// What it needs is not known, so it waits for everything that could be it.
function* precautions(releases: readonly Release[]): Generator<Edge> {
  for (const { name, contents } of releases) {
    if (contents) continue;
    for (const other of releases) {
      if (other.name === name || !facetsOf(other).includes('crds')) continue;
      yield {
        from: name,
        to: other.name,
        facet: 'crds',
        derived: 'its chart was not rendered yet',
        isPrecaution: true,
      };
    }
  }
}

function inOne(problems: readonly Problem[]): PlatformError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${String(problems.length - 1)} more)` : '';
  return new PlatformError('usage', `${first?.message ?? ''}${more}`, {
    output: problems.map(({ message }) => message).join('\n'),
    suggestions: [...new Set(problems.flatMap(({ suggestions }) => suggestions))],
    facts: { unprovidedGroups: [...new Set(problems.flatMap(({ group }) => group ?? []))] },
  });
}
