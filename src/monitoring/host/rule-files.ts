import { stringify } from 'yaml';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { monitoringRelease } from '../monitoring.js';

/** Rules as the Prometheus Operator's custom resource holds them: the groups of a rule file. */
export interface PrometheusRule extends KubernetesObject {
  readonly spec?: { readonly groups?: readonly Readonly<Record<string, unknown>>[] };
}

export const prometheusRules = '/apis/monitoring.coreos.com/v1/prometheusrules';

/** As the public chart has it; everything else of the chart speaks of programs and nodes that are not there. */
const watchdog = {
  alert: 'Watchdog',
  expr: 'vector(1)',
  labels: { severity: 'none' },
  annotations: {
    summary: 'An alert that always fires: it shows that alerts reach Alertmanager and leave it.',
  },
};

/** The rule files for the rules of a cluster, by file name: one for each object, and one of our own. */
export function ruleFiles(rules: readonly PrometheusRule[]): ReadonlyMap<string, string> {
  const kept = rules.filter(
    ({ metadata }) => metadata.annotations?.['meta.helm.sh/release-name'] !== monitoringRelease,
  );
  return new Map([
    ['platform.yaml', stringify({ groups: [{ name: 'platform', rules: [watchdog] }] })],
    ...kept
      .map(({ metadata, spec }): [string, string] => [
        // No namespace has a dot in its name.
        `${metadata.namespace ?? 'default'}.${metadata.name}.yaml`,
        stringify({ groups: spec?.groups?.map(withoutThanos) ?? [] }),
      ])
      .sort(([a], [b]) => a.localeCompare(b)),
  ]);
}

// A key of Thanos Ruler, which the custom resource serves as well.
function withoutThanos(group: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(group).filter(([key]) => key !== 'partial_response_strategy'));
}
