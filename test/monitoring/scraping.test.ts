import { describe, expect, it } from 'vitest';
import { scrapingOf } from '../../src/monitoring/scraping.js';

describe('how often Prometheus measures', () => {
  it('is what its configuration says, for each job', () => {
    const read = scrapingOf(`
global: { scrape_interval: 30s, scrape_timeout: 20s, external_labels: { cluster: shop } }
scrape_configs:
  - job_name: slow
    scrape_interval: 1m30s
    scrape_timeout: 1m
  - job_name: plain
  - job_name: quick
    scrape_interval: 5s
`);
    expect(read).toEqual({
      intervalMs: 30_000,
      timeoutMs: 20_000,
      externalLabels: { cluster: 'shop' },
      jobs: [
        { name: 'slow', intervalMs: 90_000, timeoutMs: 60_000 },
        { name: 'plain', intervalMs: 30_000, timeoutMs: 20_000 },
        // No measurement takes longer than until the next.
        { name: 'quick', intervalMs: 5_000, timeoutMs: 5_000 },
      ],
    });
  });

  it('is what it does by itself where nothing is said', () => {
    expect(scrapingOf('rule_files: []')).toEqual({
      intervalMs: 60_000,
      timeoutMs: 10_000,
      jobs: [],
      externalLabels: {},
    });
  });

  it.each(['global: [', 'global: { scrape_interval: often }', '- a list'])('refuses %j', (text) => {
    expect(() => scrapingOf(text)).toThrow('the configuration of Prometheus cannot be read');
  });
});
