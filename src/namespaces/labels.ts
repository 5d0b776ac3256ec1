import type { Release } from '../environment/environment.js';
import { labels } from '../kubernetes/objects.js';

const levels = ['restricted', 'baseline', 'privileged'] as const;

/**
 * The labels of a namespace of ours: its environment, and the loosest Pod Security level that one of its releases needs.
 * @param tenants Every release that belongs into it; other ones are passed over
 */
export function namespaceLabels(
  namespace: string,
  environment: string,
  tenants: readonly Release[],
): Readonly<Record<string, string>> {
  const ranks = tenants
    .filter((release) => release.namespace === namespace)
    .map(({ podSecurity, catalogue }) =>
      levels.indexOf((podSecurity ?? catalogue?.podSecurity)?.level ?? 'restricted'),
    );
  const level = levels[Math.max(...ranks)] ?? 'restricted';
  return {
    [labels.environment]: environment,
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
}
