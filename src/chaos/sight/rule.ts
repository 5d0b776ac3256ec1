import type { RuleGroup } from '../../monitoring/prometheus-rules.js';

type Rule = RuleGroup['rules'][number];
/** A rule that raises alerts, as Prometheus has loaded it. */
export type AlertingRule = Extract<Rule, { readonly type: 'alerting' }>;
/** A rule that records what its expression gives under a name of its own. */
export type RecordingRule = Extract<Rule, { readonly type: 'recording' }>;
