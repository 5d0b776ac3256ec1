/** What becomes of a series from the moment of the fault on. */
export type Course =
  | { readonly type: 'value'; readonly value: number }
  /** It has no samples any more, and is marked so. */
  | { readonly type: 'gone' }
  /** For so many milliseconds lower by a number, or gone; then as it was. */
  | { readonly type: 'dip'; readonly by: number | 'gone'; readonly forMs: number };

/** Which series have which course. */
export interface SeriesEffect {
  /** Over the whole name of the metric; any without it. */
  readonly metric?: RegExp;
  /** Labels with the values that they may have. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Address of what is measured, whatever the port. */
  readonly host?: string;
  readonly course: Course;
}

/** What a fault does to the series that Prometheus has, as far as that is known beforehand. */
export interface Effect {
  /** For people: `statefulset/postgres in app-services is scaled to 0`. */
  readonly subject: string;
  /** Where the target is. */
  readonly namespace: string | undefined;
  /** The first one that matches counts; what none matches goes on as it was. */
  readonly series: readonly SeriesEffect[];
  /** Why nothing is known. */
  readonly unknown?: string;
}

/** The course of a series; `undefined` where it goes on as it was. */
export function courseOf({ series }: Effect, labels: Readonly<Record<string, string>>): Course | undefined {
  const metric = labels['__name__'] ?? '';
  return series.find(
    (effect) =>
      (effect.metric?.test(metric) ?? true) &&
      (effect.host === undefined || hostOf(labels) === effect.host) &&
      Object.entries(effect.labels).every(([name, values]) => values.includes(labelOf(labels, name))),
  )?.course;
}

// Without honor_labels, what a series is about is in `exported_…`, and the plain label tells who measured it.
function labelOf(labels: Readonly<Record<string, string>>, name: string): string {
  return labels[`exported_${name}`] ?? labels[name] ?? '';
}

function hostOf({ instance = '' }: Readonly<Record<string, string>>): string {
  return instance.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
