/** The chain of steps that takes longest by what is known of earlier runs. */
export interface LongestChain {
  /** Ids in the order in which they run, from the first to the last that takes time. */
  readonly ids: readonly string[];
  readonly durationMs: number;
}

/**
 * The longest path through steps by the milliseconds each takes. It is what a run could not be faster than with room
 * for everything at once, and not what a run really waited for: that is {@link criticalPath}, which needs its results.
 * The steps come in an order in which each follows all it needs; needs that are not among them are passed over.
 */
export function longestChain(
  steps: readonly { readonly id: string; readonly needs: readonly string[] }[],
  durationOf: (id: string) => number,
): LongestChain {
  const ends = new Map<string, { readonly at: number; readonly after: string | undefined }>();
  let last: string | undefined;
  for (const { id, needs } of steps) {
    const after = latest(needs, ends);
    ends.set(id, { at: endOf(after, ends) + durationOf(id), after });
    if (last === undefined || endOf(id, ends) > endOf(last, ends)) last = id;
  }
  const ids: string[] = [];
  for (let id = last; id !== undefined && endOf(id, ends) > 0; id = ends.get(id)?.after) ids.push(id);
  return { ids: ids.reverse(), durationMs: endOf(last, ends) };
}

type Ends = ReadonlyMap<string, { readonly at: number }>;

function latest(ids: readonly string[], ends: Ends): string | undefined {
  let found: string | undefined;
  for (const id of ids) if (ends.has(id) && (found === undefined || endOf(id, ends) > endOf(found, ends))) found = id;
  return found;
}

function endOf(id: string | undefined, ends: Ends): number {
  return id === undefined ? 0 : (ends.get(id)?.at ?? 0);
}
