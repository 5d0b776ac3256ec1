import { formatDuration, type Clock } from '../clock.js';
import type { RunEvent } from '../plan/events.js';
import { createBoard, update, type Board, type BoardStep } from './board.js';
import { createHeartbeat } from './heartbeat.js';
import { noticeLine } from './notice.js';
import { progressAmount, progressMessage } from './progress.js';
import type { Style } from './style.js';
import { oneLine } from './width.js';

export interface LinesOptions {
  readonly stderr: NodeJS.WritableStream;
  readonly style: Style;
  readonly verbose: boolean;
  readonly clock: Pick<Clock, 'now'>;
}

const heartbeatMs = 20_000;
const progressIntervalMs = 5000;
const timeColumns = 8;

/** One line per step that really does something when it starts and when it ends, for logs. */
export function createLines({ stderr, style, verbose, clock }: LinesOptions) {
  let board: Board | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  const shownProgress = new Map<string, { at: number; message: string }>();

  const write = (at: number, text: string): void => {
    const time = formatDuration(at - (board?.startedAt ?? at)).padStart(timeColumns);
    stderr.write(`${style.paint('dim', time)}  ${text}\n`);
  };

  const stop = (): void => {
    clearInterval(heartbeat);
    board = undefined;
    shownProgress.clear();
  };

  /** Progress is worth a line when it says something new and the last line about the step is not fresh. */
  const isWorthALine = (id: string, at: number, message: string): boolean => {
    const last = shownProgress.get(id);
    if (last && (last.message === message || (!verbose && at - last.at < progressIntervalMs))) return false;
    shownProgress.set(id, { at, message });
    return true;
  };

  return {
    event(event: RunEvent): void {
      if (event.type === 'run-started') {
        stop();
        board = createBoard(event);
        const beat = createHeartbeat(board, style);
        write(event.at, `${[event.command, event.environment].join(' ').trim()}: ${String(event.steps.length)} steps`);
        heartbeat = setInterval(() => {
          const now = clock.now();
          const line = beat(now);
          if (line !== undefined) write(now, line);
        }, heartbeatMs).unref();
        return;
      }
      if (board) update(board, event);
      if (event.type === 'step-started') shownProgress.set(event.id, { at: event.at, message: event.reason });
      const step = 'id' in event ? board?.steps.get(event.id) : undefined;
      if (event.type === 'step-progress' && !isWorthALine(event.id, event.at, event.message)) return;
      const line = lineOf(event, step, { style, verbose });
      if (line !== undefined) write(event.at, line);
      if (event.type === 'run-finished') stop();
    },
    close(): Promise<void> {
      stop();
      return Promise.resolve();
    },
  };
}

function lineOf(
  event: RunEvent,
  step: BoardStep | undefined,
  { style, verbose }: { style: Style; verbose: boolean },
): string | undefined {
  const { paint, symbols } = style;
  const title = step?.title ?? '';
  switch (event.type) {
    case 'step-started':
      return `${paint('cyan', symbols.pending)} ${title}: ${oneLine(event.reason)}`;
    case 'step-progress':
      return `  ${paint('dim', `${title}: ${[oneLine(progressMessage(event, event.at)), progressAmount(event)].filter(Boolean).join(', ')}`)}`;
    case 'step-finished':
      return finishedLine(event, title, style, verbose);
    case 'process-started':
      return verbose ? `  ${paint('dim', `$ ${event.command}`)}` : undefined;
    case 'notice':
      return noticeLine(event, style);
    case 'interrupted':
      return paint('yellow', `${symbols.warning} ${event.message}`);
    default:
      return undefined;
  }
}

function finishedLine(
  event: Extract<RunEvent, { type: 'step-finished' }>,
  title: string,
  { paint, symbols }: Style,
  verbose: boolean,
): string | undefined {
  const detail = event.detail === undefined ? '' : oneLine(event.detail);
  const time = paint('dim', ` (${formatDuration(event.durationMs)})`);
  switch (event.outcome) {
    case 'done':
      return `${paint('green', symbols.done)} ${[title, detail].filter(Boolean).join(': ')}${time}`;
    case 'failed':
      return `${paint('red', symbols.failed)} ${title}: ${oneLine(event.failure?.message ?? 'failed')}${time}`;
    case 'interrupted':
      return `${paint('yellow', symbols.left)} ${title}: interrupted`;
    default:
      return verbose
        ? paint('dim', `${symbols.left} ${title}: ${[event.outcome, detail].filter(Boolean).join(', ')}`)
        : undefined;
  }
}
