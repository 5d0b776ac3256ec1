import { messageOf, PlatformError } from '../../errors.js';
import { monitoringAt, type MonitoringUrls } from '../monitoring.js';
import type { MonitoringProgram } from '../transport.js';

/** How long a program on this machine may take to answer, in milliseconds. */
const answerWithinMs = 10_000;
/** Reading hundreds of rule files takes its time. */
const reloadWithinMs = 30_000;

/** The configurations that Prometheus and Alertmanager have loaded, by asking them; or who of them does not answer. */
export async function loadedOf(
  urls: MonitoringUrls,
  signal?: AbortSignal,
): Promise<{ readonly prometheus: string; readonly alertmanager: string } | string> {
  const { prometheus, alertmanager } = monitoringAt(urls, { answerWithinMs });
  try {
    const [scraping, { configuration }] = await Promise.all([
      prometheus.configuration(signal),
      alertmanager.status(signal),
    ]);
    return { prometheus: scraping, alertmanager: configuration };
  } catch (error) {
    signal?.throwIfAborted();
    return messageOf(error);
  }
}

/**
 * Makes a program read its files again.
 * @throws PlatformError `tool` with its own words when it does not take them
 */
export async function reload(program: MonitoringProgram, url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(new URL('-/reload', url), {
    method: 'POST',
    signal: AbortSignal.any([signal, AbortSignal.timeout(reloadWithinMs)]),
  });
  const words = await response.text();
  if (response.ok) return;
  throw new PlatformError('tool', `${program} does not take its new configuration`, {
    output: words.trim(),
    suggestions: [`see \`platform logs --component ${program.toLowerCase()}\``],
  });
}
