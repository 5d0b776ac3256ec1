import { PlatformError } from '../../../errors.js';
import { selectorsIn } from '../../../monitoring/expression.js';
import type { ActiveAlert, RuleGroup } from '../../../monitoring/prometheus-rules.js';
import type { Prometheus, PrometheusRuntime, Target } from '../../../monitoring/prometheus.js';
import { scrapingOf, type ScrapeJob, type Scraping } from '../../../monitoring/scraping.js';

export interface PrometheusFacts {
  /** Milliseconds since the epoch, by its own clock: what it says of moments is compared with that. */
  readonly now: number;
  readonly groups: readonly RuleGroup[];
  readonly alerts: readonly ActiveAlert[];
  readonly alertmanagers: readonly string[];
  readonly runtime: PrometheusRuntime;
  readonly scraping: Scraping;
  readonly targets: readonly Target[];
  /** By the name of an alert: the jobs that its expression's series come from. */
  readonly jobs: Readonly<Record<string, readonly ScrapeJob[]>>;
}

/** @param alerts names of those whose series matter */
export async function readPrometheus(
  prometheus: Prometheus,
  alerts: readonly string[],
  signal: AbortSignal,
): Promise<PrometheusFacts> {
  const [time, groups, active, alertmanagers, runtime, configuration, targets] = await Promise.all([
    prometheus.query('time()', undefined, signal),
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
  const [now] = time;
  if (!now) throw new PlatformError('tool', 'Prometheus does not tell its time', { suggestions: ['see its log'] });
  return {
    now: now.value * 1000,
    groups,
    alerts: active,
    alertmanagers,
    runtime,
    scraping,
    targets,
    jobs: Object.fromEntries(jobs),
  };
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
