import { setMaxListeners } from 'node:events';
import { formatDuration, type Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import { unlessAborted } from '../unless-aborted.js';

/** What `platform doctor` says about one thing. */
export interface DoctorCheck {
  readonly name: string;
  /** `blocking`: `up` would fail; `warning`: it works with less, or it could not be told. */
  readonly status: 'ok' | 'warning' | 'blocking';
  /** What was found and why it matters. */
  readonly detail: string;
  /** What to do about it: whole sentences or pasteable commands. */
  readonly fix?: readonly string[];
}

export type Finding = Omit<DoctorCheck, 'name'>;

/** One thing to look at. */
export interface Examination {
  readonly name: string;
  examine(signal: AbortSignal): Promise<Finding>;
}

export interface ExamineOptions {
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at everything at once. What fails or takes longer than the budget is a warning that says so. */
export async function examineAll(
  examinations: readonly Examination[],
  { clock, budgetMs, signal }: ExamineOptions,
): Promise<DoctorCheck[]> {
  const finished = new AbortController();
  const late = new AbortController();
  clock.sleep(budgetMs, finished.signal).then(
    () => {
      late.abort(new Error(`no answer within ${formatDuration(budgetMs)}`));
    },
    () => undefined,
  );
  const looking = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  // Everybody listens to this one signal, and Node takes many listeners for a leak.
  setMaxListeners(0, looking);
  try {
    return await Promise.all(
      examinations.map(async (examination) => {
        try {
          const finding = await unlessAborted(examination.examine(looking), looking);
          return { name: examination.name, ...finding };
        } catch (error) {
          signal?.throwIfAborted();
          const detail = `could not be told: ${messageOf(late.signal.aborted ? late.signal.reason : error)}`;
          return { name: examination.name, status: 'warning', detail };
        }
      }),
    );
  } finally {
    finished.abort();
  }
}
