import type { GraphEdge, ReleaseGraph } from '../../releases/graph/release-graph.js';
import { groupedBy } from './grouped-by.js';

/** All that one release waits for in another: one line of a drawing. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly edges: readonly GraphEdge[];
  /** `crds, webhook`. */
  readonly facets: string;
  /** True when nobody wrote any of it. */
  readonly derived: boolean;
  readonly critical: boolean;
}

/** The lines of a drawing, in the order of the edges. */
export function linksOf({ edges }: Pick<ReleaseGraph, 'edges'>): Link[] {
  // Names of releases have no spaces.
  return [...groupedBy(edges, ({ from, to }) => `${from} ${to}`)].map(([key, group]) => {
    const [from = '', to = ''] = key.split(' ');
    return {
      from,
      to,
      edges: group,
      facets: [...new Set(group.map(({ facet }) => facet))].join(', '),
      derived: group.every(({ derived }) => derived !== undefined),
      critical: group.some(({ critical }) => critical),
    };
  });
}
