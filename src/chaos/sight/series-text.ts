/** A series as promtool and Prometheus take it: the name among the labels, for names that are no identifiers. */
export function seriesText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`);
  return `{${pairs.join(',')}}`;
}
