import type { Release } from '../../environment/environment.js';
import { labels } from '../../kubernetes/objects.js';
import { isOwnNamespace } from '../namespaces.js';

const levels = ['restricted', 'baseline', 'privileged'] as const;

/**
 * The labels that `up` gives a namespace: its environment, and the loosest Pod Security level that one of its releases
 * needs. `undefined` for namespaces that every cluster has, which are not ours to label.
 */
export function namespaceLabels(
  namespace: string,
  environment: string,
  releases: readonly Release[],
): Readonly<Record<string, string>> | undefined {
  if (!isOwnNamespace(namespace)) return undefined;
  const ranks = releases
    .filter((release) => release.namespace === namespace)
    .map(({ catalogue }) => levels.indexOf(catalogue?.podSecurity.level ?? 'restricted'));
  const level = levels[Math.max(...ranks)] ?? 'restricted';
  return {
    [labels.environment]: environment,
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
}
