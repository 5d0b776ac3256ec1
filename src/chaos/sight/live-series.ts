import { PlatformError } from '../../errors.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import type { ReadSelector } from './expression.js';
import { seriesText } from './series-text.js';
import type { TrialClock } from './trial-clock.js';

/** A series with its past, the newest value last: every `everyMs`, `undefined` where it had none. */
export interface LiveSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (number | undefined)[];
  readonly everyMs: number;
}

/** What a selector selects. */
export interface Selected {
  readonly selector: ReadSelector;
  readonly series: readonly LiveSeries[];
  /** Whether anything of its metric is measured at all, whatever its labels. */
  readonly isMeasured: boolean;
  /** There are more, so only those of this namespace were taken. */
  readonly onlyNamespace?: string;
}

/** Enough for everything that a drill is about; more would take promtool minutes. */
const mostSeries = 2_000;
const mostPoints = 240;
/** Prometheus finds no sample that is older. */
const mostSpacingMs = 240_000;

export interface Asking {
  readonly prometheus: Pick<Prometheus, 'query' | 'queryRange'>;
  readonly clock: TrialClock;
  /** By the clock of Prometheus, in milliseconds since the epoch. */
  readonly now: number;
  /** Preferred where there are too many series. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * The series that a selector selects now, and as far back as it looks.
 * @throws PlatformError `inconclusive` for native histograms and for too many series; `tool` when Prometheus fails
 */
export async function liveSeries(selector: ReadSelector, asking: Asking): Promise<Selected> {
  const { prometheus, clock, now, namespace, signal } = asking;
  const { all, native } = await count(selector.text);
  if (native > 0) throw refused(`${selector.text} selects native histograms, which are not replayed`);
  const narrowed = namespace !== undefined && all > mostSeries ? inNamespace(selector.text, namespace) : undefined;
  const everyMs = spacing(selector.lookbackMs, clock.stepMs);
  const from = now - Math.floor(Math.min(selector.lookbackMs, clock.historyMs) / everyMs) * everyMs;
  if (all > mostSeries && (narrowed === undefined || (await count(narrowed)).all > mostSeries)) tooMany(all);
  const range = { start: from, end: now, stepMs: everyMs };
  const found = await prometheus.queryRange(narrowed ?? selector.text, range, signal);
  // Those that have ended meanwhile come on top.
  if (found.length > 2 * mostSeries) tooMany(found.length);
  return {
    selector,
    series: found.map(({ labels, points }) => {
      const byMoment = new Map(points.map(({ at, value }) => [Math.round((at - from) / everyMs), value]));
      return {
        labels,
        everyMs,
        values: Array.from({ length: (now - from) / everyMs + 1 }, (_, at) => byMoment.get(at)),
      };
    }),
    isMeasured: found.length > 0 || (await isMeasured(selector.metric)),
    ...(narrowed !== undefined && namespace !== undefined && { onlyNamespace: namespace }),
  };

  async function count(text: string): Promise<{ readonly all: number; readonly native: number }> {
    const question = `count(${text}) or label_replace(count(histogram_count(${text})), "kind", "native", "", "")`;
    const answers = await prometheus.query(question, now, signal);
    const numberOf = (kind: string | undefined) => answers.find(({ labels }) => labels['kind'] === kind)?.value ?? 0;
    return { all: numberOf(undefined), native: numberOf('native') };
  }

  async function isMeasured(metric: string | undefined): Promise<boolean> {
    return metric !== undefined && (await count(seriesText({ __name__: metric }))).all > 0;
  }

  function tooMany(number: number): never {
    throw refused(
      `${selector.text} selects ${String(number)} series, more than the ${String(mostSeries)} that are tried`,
    );
  }
}

// In whole steps, so that a point of the past is always a measurement of the trial.
function spacing(lookbackMs: number, stepMs: number): number {
  const steps = Math.ceil(lookbackMs / mostPoints / stepMs);
  return Math.max(1, Math.min(steps, Math.floor(mostSpacingMs / stepMs))) * stepMs;
}

function inNamespace(selector: string, namespace: string): string {
  const matcher = `namespace=${JSON.stringify(namespace)}`;
  const [, name = '', inner] = /^([^{]*)(?:\{(.*)\})?$/s.exec(selector) ?? [];
  const others = (inner ?? '').trim().replace(/,$/, '');
  return `${name}{${others === '' ? matcher : `${others},${matcher}`}}`;
}

function refused(why: string): PlatformError {
  return new PlatformError('inconclusive', why);
}
