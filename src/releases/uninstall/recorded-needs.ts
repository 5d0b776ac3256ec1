import { z } from 'zod';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { systemNamespace } from '../../kubernetes/objects.js';
import type { Edge } from '../contents/contents.js';
import { isConditionFacet, isFacet } from '../gates/facets.js';

const recordPath = `/api/v1/namespaces/${systemNamespace}/configmaps/platform-environment`;
const recordSchema = z.object({
  releases: z.array(z.object({ name: z.string(), needs: z.array(z.string()).default([]) })),
});

/** The needs that were written when the environment was last brought up, as its record in the cluster has them. */
export async function recordedNeeds(view: ClusterView): Promise<readonly Edge[]> {
  const client = await view.connection();
  const found = await client?.get<{ readonly data?: { readonly environment?: string } }>(recordPath);
  const record = recordSchema.safeParse(parsed(found?.data?.environment ?? ''));
  return (record.data?.releases ?? []).flatMap(({ name, needs }) =>
    needs.flatMap((need) => {
      const [release = '', facet = ''] = need.split(':');
      return isFacet(facet) || isConditionFacet(facet) ? [{ from: name, to: release, facet }] : [];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
