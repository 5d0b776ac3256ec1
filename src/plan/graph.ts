/**
 * Finds a cycle in a directed graph: names and what each of them needs. Names that are no node are ignored.
 * @returns the closed walk, `['a', 'b', 'a']`, or `undefined` where there is none.
 */
export function findCycle(nodes: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  for (const start of nodes.keys()) {
    const cycle = cycleFrom(start, nodes, finished);
    if (cycle) return cycle;
  }
  return undefined;
}

// A stack of our own instead of recursion: a chain of thousands of steps must not overflow the call stack.
function cycleFrom(
  start: string,
  nodes: ReadonlyMap<string, readonly string[]>,
  finished: Set<string>,
): string[] | undefined {
  if (finished.has(start)) return undefined;
  const trail = [{ node: start, needs: (nodes.get(start) ?? []).values() }];
  const onTrail = new Set([start]);
  for (let current = trail.at(-1); current; current = trail.at(-1)) {
    const { done, value: next } = current.needs.next();
    if (done) {
      finished.add(current.node);
      onTrail.delete(current.node);
      trail.pop();
    } else if (onTrail.has(next)) {
      const names = trail.map(({ node }) => node);
      return [...names.slice(names.indexOf(next)), next];
    } else if (!finished.has(next) && nodes.has(next)) {
      onTrail.add(next);
      trail.push({ node: next, needs: (nodes.get(next) ?? []).values() });
    }
  }
  return undefined;
}
