import { selectorsIn } from '../../../monitoring/expression.js';
import type { Clock } from '../../../clock.js';
import { prometheusOffset, type ClockOffset } from '../../observe/offsets.js';
import type { ActiveAlert, RuleGroup } from '../../../monitoring/prometheus-rules.js';
import type { Prometheus, PrometheusRuntime, Target } from '../../../monitoring/prometheus.js';
import { scrapingOf, type ScrapeJob, type Scraping } from '../../../monitoring/scraping.js';

export interface PrometheusFacts {
  /** Milliseconds since the epoch, by its own clock: what it says of moments is compared with that. */
  readonly now: number;
  /** Against ours. */
  readonly clock: ClockOffset;
  readonly groups: readonly RuleGroup[];
  readonly alerts: readonly ActiveAlert[];
  readonly alertmanagers: readonly string[];
  readonly runtime: PrometheusRuntime;
  readonly scraping: Scraping;
  readonly targets: readonly Target[];
  /** By the name of an alert: the jobs that its expression's series come from. */
  readonly jobs: Readonly<Record<string, readonly ScrapeJob[]>>;
}

/** @param given.alerts names of those whose series matter */
export async function readPrometheus(
  prometheus: Prometheus,
  { alerts, clock }: { readonly alerts: readonly string[]; readonly clock: Clock },
  signal: AbortSignal,
): Promise<PrometheusFacts> {
  const [{ now, offset }, groups, active, alertmanagers, runtime, configuration, targets] = await Promise.all([
    timeOf(prometheus, clock, signal),
    prometheus.rules({}, signal),
    prometheus.alerts(signal),
    prometheus.alertmanagers(signal),
    prometheus.runtime(signal),
    prometheus.configuration(signal),
    prometheus.targets(signal),
  ]);
  const scraping = scrapingOf(configuration);
  const sources = { prometheus, groups, targets, scraping };
  const jobs = await Promise.all(alerts.map(async (alert) => [alert, await jobsOf(alert, sources, signal)] as const));
  return {
    now,
    clock: offset,
    groups,
    alerts: active,
    alertmanagers,
    runtime,
    scraping,
    targets,
    jobs: Object.fromEntries(jobs),
  };
}

async function timeOf(prometheus: Prometheus, clock: Clock, signal: AbortSignal) {
  const offset = await prometheusOffset(prometheus, clock, signal);
  return { offset, now: clock.now() + offset.ms };
}

interface Sources extends Pick<PrometheusFacts, 'groups' | 'scraping'> {
  readonly targets: readonly Target[];
  readonly prometheus: Prometheus;
}

/** By the label `job` of the series that are there now; those of recording rules come from the ones these select. */
async function jobsOf(alert: string, sources: Sources, signal: AbortSignal): Promise<readonly ScrapeJob[]> {
  const { prometheus, groups, targets, scraping } = sources;
  const rules = groups.flatMap((group) => group.rules);
  const queries = rules.filter(({ type, name }) => type === 'alerting' && name === alert).map(({ query }) => query);
  const selectors = new Set(queries.flatMap(selectorsIn).map(({ text }) => text));
  if (selectors.size === 0) return [];
  const counted = [...selectors].map((selector) => `count by (job) (${selector})`).join(' or ');
  const samples = await prometheus.query(counted, undefined, signal);
  const names = new Set(samples.map(({ labels }) => labels['job']));
  const pools = new Set(targets.filter(({ labels }) => names.has(labels['job'])).map(({ scrapePool }) => scrapePool));
  return scraping.jobs.filter(({ name }) => pools.has(name));
}
