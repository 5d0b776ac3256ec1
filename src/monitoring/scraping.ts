import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, PlatformError } from '../errors.js';
import { duration, textMap } from './moments.js';

/** How often a job of Prometheus is measured, and how long one measurement may take, in milliseconds. */
export interface ScrapeJob {
  /** The name of its pool of targets. */
  readonly name: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface Scraping {
  /** Of what no job says otherwise. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly jobs: readonly ScrapeJob[];
  /** Labels that every alert has for Alertmanager. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

const pace = { scrape_interval: duration.optional(), scrape_timeout: duration.optional() };
const configurationSchema = z.object({
  global: z.object({ ...pace, external_labels: textMap.optional() }).nullish(),
  scrape_configs: z.array(z.object({ job_name: z.string(), ...pace })).nullish(),
});

/** Prometheus' own (config/config.go); they hold where nothing is said. */
const defaults = { intervalMs: 60_000, timeoutMs: 10_000 } as const;

/**
 * How often is measured, by the configuration that a Prometheus has loaded.
 * @param configuration YAML
 * @throws PlatformError `tool` when it is not one
 */
export function scrapingOf(configuration: string): Scraping {
  const { data, error } = configurationSchema.safeParse(read(configuration));
  if (!data) throw unreadable(z.prettifyError(error), error);
  const { global, scrape_configs } = data;
  const intervalMs = global?.scrape_interval ?? defaults.intervalMs;
  const timeoutMs = global?.scrape_timeout ?? Math.min(defaults.timeoutMs, intervalMs);
  const jobs = (scrape_configs ?? []).map(({ job_name, scrape_interval = intervalMs, scrape_timeout }) => ({
    name: job_name,
    intervalMs: scrape_interval,
    timeoutMs: scrape_timeout ?? Math.min(timeoutMs, scrape_interval),
  }));
  return { intervalMs, timeoutMs, jobs, externalLabels: global?.external_labels ?? {} };
}

function read(configuration: string): unknown {
  try {
    return parse(configuration);
  } catch (error) {
    throw unreadable(messageOf(error), error);
  }
}

function unreadable(reason: string, cause: unknown): PlatformError {
  return new PlatformError('tool', `the configuration of Prometheus cannot be read: ${reason}`, {
    cause,
    suggestions: ['check it with `promtool check config`'],
  });
}
