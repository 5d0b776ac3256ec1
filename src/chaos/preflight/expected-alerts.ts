import { keepsLabel, selectorsIn } from '../../monitoring/expression.js';
import type { PartialLabels } from '../../monitoring/matchers.js';
import type { RuleGroup } from '../../monitoring/prometheus-rules.js';
import type { Drill } from '../drill.js';
import { targetOf } from '../target.js';
import type { PrometheusFacts } from './facts/prometheus.js';

type AlertingRule = Extract<RuleGroup['rules'][number], { readonly type: 'alerting' }>;

/** A rule that raises an alert, and the alert's labels as far as rule and drill tell them. */
export interface RaisingRule {
  readonly rule: AlertingRule;
  /** Of its group. */
  readonly intervalMs: number;
  readonly labels: PartialLabels;
}

/** An alert and all rules of its name; none where there is no such rule. */
export interface ExpectedAlert {
  readonly name: string;
  readonly rules: readonly RaisingRule[];
}

/** The alerts that a drill expects, with their rules as Prometheus has loaded them. */
export function expectedAlerts(drill: Drill, prometheus: PrometheusFacts): readonly ExpectedAlert[] {
  return drill.expect.alerts.map((name) => alertOf(name, drill, prometheus));
}

export function alertOf(name: string, drill: Drill, { groups, scraping }: PrometheusFacts): ExpectedAlert {
  const rules = groups.flatMap((group) =>
    group.rules
      .filter((rule) => rule.type === 'alerting')
      .filter((rule) => rule.name === name)
      .map((rule) => ({
        rule,
        intervalMs: group.intervalMs,
        labels: labelsOf(rule, drill, scraping.externalLabels),
      })),
  );
  return { name, rules };
}

function labelsOf(rule: AlertingRule, drill: Drill, external: Readonly<Record<string, string>>): PartialLabels {
  const series = { ...subjectLabels(drill), ...namespaceOf(rule.query) };
  const entries = Object.entries(rule.labels).flatMap(([name, text]) => {
    const value = filledIn(text, series);
    return value === undefined ? [] : [[name, value]];
  });
  const known = Object.fromEntries(entries) as Record<string, string>;
  return { known: { ...external, ...namespaceOf(rule.query), ...known, alertname: rule.name }, isComplete: false };
}

// A template that is one label and nothing else can be told; any other text with templates cannot.
function filledIn(text: string, series: Readonly<Record<string, string>>): string | undefined {
  if (!text.includes('{{')) return text;
  const [, label] = /^\{\{-?\s*\$labels\.(\w+)\s*-?\}\}$/.exec(text.trim()) ?? [];
  return label === undefined ? undefined : series[label];
}

// An alert of a drill is about its target: what else would raise it.
function subjectLabels(drill: Drill): Readonly<Record<string, string>> {
  const target = targetOf(drill.fault);
  const autoscaler = drill.expect.autoscaler?.name;
  return {
    ...(target && { [target.kind]: target.name }),
    ...(autoscaler !== undefined && { horizontalpodautoscaler: autoscaler }),
  };
}

/** The namespace of all that the expression selects, where that is one and is left in what it gives. */
function namespaceOf(query: string): { readonly namespace?: string } {
  const matchers = selectorsIn(query).map(({ matchers }) => matchers.find(({ name }) => name === 'namespace'));
  const [first] = matchers;
  const isOne = matchers.every((found) => found?.isEqual === true && !found.isRegex && found.value === first?.value);
  return first && isOne && keepsLabel(query, 'namespace') ? { namespace: first.value } : {};
}
