import { formatDuration } from '../../clock.js';
import type { GraphEdge, GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';

/** `shop on embedded: 8 releases, 11 needs, 3 of them derived`. */
export function headline({ environment, provider, releases, edges }: ReleaseGraph): string {
  const derived = edges.filter((edge) => edge.derived !== undefined).length;
  const needs = `${counted(edges.length, 'need')}${derived > 0 ? `, ${String(derived)} of them derived` : ''}`;
  return `${environment} on ${provider}: ${counted(releases.length, 'release')}, ${needs}`;
}

/** {@link headline} with what is not real about the environment. */
export function caption(graph: ReleaseGraph): string {
  return `${headline(graph)}${graph.simulation === undefined ? '' : `; ${graph.simulation}`}`;
}

/** What is known of the time a release takes: `install 2.1s`, `crds 400ms`, `webhook 3.0s`. */
export function timesOf({ chartMs, crdsMs, durationMs, gates }: GraphRelease): string[] {
  return [
    { what: 'chart', ms: chartMs },
    { what: 'definitions', ms: crdsMs },
    { what: 'install', ms: durationMs },
    ...gates.map(({ facet, durationMs: ms }) => ({ what: facet, ms })),
  ].flatMap(({ what, ms }) => (ms === undefined ? [] : [`${what} ${formatDuration(ms)}`]));
}

/** `cert-manager:webhook`, and for a derived need its reason. */
export function needText({ to, facet, derived }: GraphEdge): string {
  return `${to}:${facet}${derived === undefined ? '' : ` (derived: ${derived})`}`;
}

/** A step of the critical path for people: `install cert-manager`, `cert-manager webhook`. */
export function stepText(id: string): string {
  const [kind = '', name = '', ...rest] = id.split('/');
  switch (kind) {
    case 'chart':
      return `chart of ${name}`;
    case 'crds':
      return `definitions of ${name}`;
    case 'gate':
      return `${name} ${rest.join('/')}`;
    default:
      return `install ${name}`;
  }
}

/** What the critical path is, and how sure; `undefined` where there is none. */
export function pathText({ criticalPath }: ReleaseGraph): string | undefined {
  if (!criticalPath) return undefined;
  const { durationMs, unmeasured } = criticalPath;
  const doubt = unmeasured.length > 0 ? `; ${counted(unmeasured.length, 'release')} never measured` : '';
  return `Critical path, ${formatDuration(durationMs)} when last measured${doubt}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
