import type { Failure } from '../errors.js';
import type { Outcome, Progress, RunEvent } from '../plan/events.js';

/** What is known about a step while a run goes on. */
export interface BoardStep {
  readonly id: string;
  readonly title: string;
  status: 'waiting' | 'running' | Outcome;
  /** Why it runs. */
  reason?: string;
  progress?: Progress;
  /** Milliseconds since the epoch. */
  startedAt?: number;
  endedAt?: number;
  failure?: Failure;
}

/** All that a live view of a run needs; events change it in place. */
export interface Board {
  readonly command: string;
  readonly environment: string;
  readonly startedAt: number;
  readonly steps: ReadonlyMap<string, BoardStep>;
  readonly notices: { level: 'info' | 'warning'; message: string }[];
  interruption?: string;
}

export function createBoard(event: Extract<RunEvent, { type: 'run-started' }>): Board {
  return {
    command: event.command,
    environment: event.environment,
    startedAt: event.at,
    steps: new Map(event.steps.map(({ id, title }) => [id, { id, title, status: 'waiting' }])),
    notices: [],
  };
}

export function update(board: Board, event: RunEvent): void {
  if (event.type === 'notice') board.notices.push(event);
  else if (event.type === 'interrupted') board.interruption = event.message;
  else if ('id' in event) {
    const step = board.steps.get(event.id);
    if (step) updateStep(step, event);
  }
}

function updateStep(step: BoardStep, event: Extract<RunEvent, { id: string }>): void {
  switch (event.type) {
    case 'step-started':
      step.status = 'running';
      step.startedAt = event.at;
      step.reason = event.reason;
      break;
    case 'step-progress':
      step.progress = event;
      break;
    case 'step-finished':
      step.status = event.outcome;
      step.endedAt = event.at;
      if (event.failure) step.failure = event.failure;
      break;
    case 'step-checked':
  }
}
