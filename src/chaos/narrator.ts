import { formatDuration, type Clock } from '../clock.js';
import type { Failure } from '../errors.js';
import type { Events, Outcome, RunSummary, StepResult, StepSummary } from '../plan/events.js';
import { countOutcomes } from '../plan/run-summary.js';
import { nextOnes } from './chain/progress.js';
import { isUnnoticed, links, type Drill, type LinkName } from './drill.js';
import type { Link, Prediction } from './record.js';
import { faultWords, linkTitle } from './words.js';

/** Stages of a drill that are no links of the chain. */
const stages = {
  look: 'look before',
  intent: 'way back written down',
  load: 'load',
  scaled: 'autoscaler',
  verify: 'as it was before',
} as const;
export type Stage = keyof typeof stages;

const perAlert: ReadonlySet<LinkName> = new Set(['pending', 'firing', 'grouped', 'routed', 'delivered', 'resolved']);

/** The stages and links of a drill, in the order in which they are told. */
export function storyOf(drill: Drill): StepSummary[] {
  const ofLink = (name: LinkName) =>
    perAlert.has(name)
      ? drill.expect.alerts.map((alert) => step(linkId({ name, alert }), linkTitle({ name, alert })))
      : [step(linkId({ name }), linkTitle({ name }))];
  const isLoad = drill.fault.type === 'load';
  const wanted = links.filter((name) => isTold(name, drill));
  return [
    stage('look'),
    stage('intent'),
    ...wanted.slice(0, wanted.indexOf('restored')).flatMap(ofLink),
    ...(isLoad ? [stage('load')] : []),
    ...wanted.slice(wanted.indexOf('restored')).flatMap(ofLink),
    ...(drill.expect.autoscaler ? [stage('scaled')] : []),
    stage('verify'),
  ];
}

/** Links that would be left out whatever happens are not announced. */
function isTold(name: LinkName, { fault, expect: { symptom } }: Drill): boolean {
  if (name === 'endpoints') return fault.type === 'kill' || (fault.type === 'scale' && fault.replicas === 0);
  if (name === 'symptom') return symptom !== undefined && !isUnnoticed(symptom);
  return name !== 'recovered' || symptom !== undefined;
}

function stage(name: Stage): StepSummary {
  return step(name, stages[name]);
}

function step(id: string, title: string): StepSummary {
  return { id, title, needs: [], lane: 'wait' };
}

function linkId({ name, alert }: Pick<Link, 'name' | 'alert'>): string {
  return alert === undefined ? `link/${name}` : `link/${name}/${alert}`;
}

/** Tells a drill as the steps of a run, so that whatever shows and keeps runs shows and keeps drills. */
export class Narrator {
  private readonly startedAt: number;
  private readonly running = new Map<string, number>();
  private readonly results = new Map<string, StepResult>();
  private readonly story: readonly StepSummary[];

  constructor(
    private readonly events: Events,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly run: {
      readonly run: string;
      readonly command: string;
      readonly environment: string;
      readonly journal: string;
    },
    drill: Drill,
  ) {
    this.story = storyOf(drill);
    this.startedAt = clock.now();
    const { command, environment } = run;
    events.emit({ type: 'run-started', run: run.run, command, environment, steps: this.story });
  }

  start(id: Stage, reason: string): void {
    this.begin(id, reason);
  }

  progress(id: Stage, message: string): void {
    this.events.emit({ type: 'step-progress', id, message });
  }

  warn(message: string): void {
    this.events.emit({ type: 'notice', level: 'warning', message });
  }

  finish(id: Stage, outcome: Outcome, said: { readonly detail?: string; readonly failure?: Failure } = {}): void {
    this.end(id, outcome, said);
  }

  /** Links that have come, and those that are waited for, with how long they may take. */
  tell(chain: readonly Link[], { links: predicted }: Prediction): void {
    for (const link of chain) {
      if (this.isOpen(linkId(link)) && hasCome(link)) this.came(link);
    }
    for (const link of nextOnes(chain)) {
      const id = linkId(link);
      // How long a fault is kept up nobody waits for: it is we who take it back.
      if (!this.isOpen(id) || this.running.has(id) || link.name === 'restored') continue;
      const expected = predicted.find(({ name, alert }) => name === link.name && (alert ?? link.alert) === link.alert);
      this.begin(id, expected ? `at most ${formatDuration(expected.atMostMs)}: ${expected.because}` : 'waiting');
    }
  }

  /** The fault is being made, which takes a while where pods have to leave a node. */
  breaks(fault: Drill['fault']): void {
    this.begin(linkId({ name: 'fault' }), faultWords(fault));
  }

  /** The fault is kept up although nothing is waited for. */
  hold(forMs: number): void {
    this.begin(linkId({ name: 'restored' }), `the fault is kept up for ${formatDuration(forMs)}`);
  }

  /** What has not come will not any more. */
  conclude(chain: readonly Link[]): void {
    for (const link of chain) {
      const id = linkId(link);
      if (!this.isOpen(id)) continue;
      if (hasCome(link)) this.came(link);
      else if (link.status === 'broken') {
        const message = link.cause ?? 'it never came';
        this.end(id, 'failed', { failure: { code: 'weakness', exitCode: 7, message } });
      } else this.end(id, link.status === 'unreached' ? 'skipped' : 'omitted', { detail: detailOf(link) });
    }
  }

  /** The end of the run: whatever is still open was interrupted, or never begun. */
  over(): RunSummary {
    for (const { id } of this.story) {
      if (this.isOpen(id)) this.end(id, this.running.has(id) ? 'interrupted' : 'skipped');
    }
    const steps = this.story.flatMap(({ id }) => this.results.get(id) ?? []);
    const summary: RunSummary = {
      run: this.run.run,
      durationMs: this.clock.now() - this.startedAt,
      counts: countOutcomes(steps),
      steps,
      criticalPath: [],
      journal: this.run.journal,
    };
    this.events.emit({ type: 'run-finished', summary });
    return summary;
  }

  private came(link: Link): void {
    const { tookMs, budgetMs, status } = link;
    const late =
      status === 'late' && tookMs !== undefined && budgetMs !== undefined
        ? `late: ${formatDuration(tookMs)} instead of at most ${formatDuration(budgetMs)}`
        : undefined;
    const id = linkId(link);
    if (late === undefined) this.end(id, 'done', { detail: detailOf(link) }, tookMs);
    else {
      const message = link.cause === undefined ? late : `${late}; ${link.cause}`;
      this.end(id, 'failed', { failure: { code: 'weakness', exitCode: 7, message } }, tookMs);
    }
  }

  private isOpen(id: string): boolean {
    return !this.results.has(id) && this.story.some((told) => told.id === id);
  }

  private begin(id: string, reason: string): void {
    this.running.set(id, this.clock.now());
    this.events.emit({ type: 'step-started', id, reason });
  }

  private end(
    id: string,
    outcome: Outcome,
    said: { readonly detail?: string | undefined; readonly failure?: Failure } = {},
    tookMs?: number,
  ): void {
    const now = this.clock.now();
    const durationMs = tookMs ?? now - (this.running.get(id) ?? now);
    const { detail, failure } = said;
    const result = { id, outcome, durationMs, ...(detail !== undefined && { detail }), ...(failure && { failure }) };
    this.results.set(id, { ...result, title: this.story.find((told) => told.id === id)?.title ?? id });
    this.events.emit({ type: 'step-finished', ...result });
  }
}

function hasCome({ status }: Link): boolean {
  return status === 'met' || status === 'late';
}

function detailOf({ detail, cause }: Link): string | undefined {
  return cause ?? detail;
}
