import type { StepSummary } from '../src/plan/events.js';
import { installLevels } from '../src/releases/graph/release-graph.js';

/**
 * The same steps as tools run them that install in layers: a layer begins when every release of the one before is
 * installed and ready. What is not a release (definitions, charts) is as early as with us. The steps come in an order
 * in which each follows all it needs.
 */
export function inLayers(steps: readonly StepSummary[]): StepSummary[] {
  const levels = installLevels(steps);
  const levelOf = (id: string) => levels.get(`release/${ownerOf(id) ?? ''}`);
  return steps.map((step) => {
    const level = step.id.startsWith('release/') ? levelOf(step.id) : undefined;
    if (level === undefined) return step;
    const before = steps.filter(({ id }) => isInstalling(id) && levelOf(id) === level - 1).map(({ id }) => id);
    return { ...step, needs: [...new Set([...step.needs, ...before])] };
  });
}

/** The same steps, one release after the other in the order of the layers, each ready before the next is begun. */
export function inSequence(steps: readonly StepSummary[]): StepSummary[] {
  const levels = installLevels(steps);
  const releases = steps
    .filter(({ id }) => id.startsWith('release/'))
    .sort((a, b) => (levels.get(a.id) ?? 1) - (levels.get(b.id) ?? 1));
  const previous = new Map(releases.map(({ id }, index) => [id, ownerOf(releases[index - 1]?.id ?? '')]));
  return steps.map((step) => {
    const before = previous.get(step.id);
    if (before === undefined) return step;
    const waited = steps.filter(({ id }) => isInstalling(id) && ownerOf(id) === before).map(({ id }) => id);
    return { ...step, needs: [...new Set([...step.needs, ...waited])] };
  });
}

function isInstalling(id: string): boolean {
  return id.startsWith('release/') || (id.startsWith('gate/') && !id.endsWith('/crds'));
}

function ownerOf(id: string): string | undefined {
  return /^(?:release|gate)\/([^/]+)/.exec(id)?.[1];
}
