import type { Board, BoardStep } from './board.js';
import { formatElapsed, progressAmount, progressMessage } from './progress.js';
import type { Style } from './style.js';
import { oneLine, truncate } from './width.js';

/** A heartbeat that says nothing new is left out, but not for ever: a log must show that it is alive. */
const beatsPerRepetition = 3;
const stepsNamed = 5;
const messageColumns = 70;

/** Says what still runs and since when; `undefined` where nothing does, or the last beat said the same. */
export function createHeartbeat(board: Board, style: Style): (now: number) => string | undefined {
  let last = '';
  let beatsToRepetition = 0;
  return (now) => {
    const running = [...board.steps.values()].filter((step) => step.status === 'running');
    if (running.length === 0) return undefined;
    const state = JSON.stringify(running.map((step) => [step.id, step.progress?.message, step.progress?.done]));
    beatsToRepetition = state === last ? beatsToRepetition - 1 : 0;
    if (beatsToRepetition > 0) return undefined;
    last = state;
    beatsToRepetition = beatsPerRepetition;
    const named = running.slice(0, stepsNamed).map((step) => describe(step, now, style));
    const rest = running.length - named.length;
    if (rest > 0) named.push(`and ${String(rest)} more`);
    return `${style.paint('dim', style.symbols.ellipsis)} still running: ${named.join('; ')}`;
  };
}

function describe(step: BoardStep, now: number, style: Style): string {
  const message = step.progress ? progressMessage(step.progress, now) : (step.reason ?? '');
  const said = [
    formatElapsed(now - (step.startedAt ?? now)),
    truncate(oneLine(message), messageColumns, style.symbols.ellipsis),
    step.progress ? progressAmount(step.progress) : '',
  ];
  return `${step.title} (${said.filter(Boolean).join(', ')})`;
}
