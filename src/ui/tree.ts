import type { Clock } from '../clock.js';
import type { RunEvent } from '../plan/events.js';
import { createBoard, update, type Board } from './board.js';
import { noticeLine } from './notice.js';
import type { Style } from './style.js';
import type { TerminalStream } from './terminal.js';
import { treeFrame } from './tree-frame.js';

export interface TreeOptions {
  readonly stderr: TerminalStream;
  readonly style: Style;
  readonly clock: Pick<Clock, 'now'>;
}

/** A live picture of the run on the terminal, one after the other where a command makes several. */
export function createTree({ stderr, style, clock }: TreeOptions) {
  let current: { readonly board: Board; readonly end: () => void } | undefined;
  let ended: Promise<void> = Promise.resolve();

  const start = (event: Extract<RunEvent, { type: 'run-started' }>): void => {
    const board = createBoard(event);
    let end: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (end = resolve));
    const frame = () => {
      const { columns = 80, rows = 24 } = stderr;
      return treeFrame(board, { columns, rows, now: clock.now(), style }).join('\n');
    };
    ended = ended.then(() => show(stderr, frame, until));
    current = { board, end };
  };

  const finish = (): void => {
    if (!current) return;
    const { board, end } = current;
    current = undefined;
    // The picture has room for the last warnings only.
    const notices = board.notices.splice(0).map((notice) => noticeLine(notice, style));
    delete board.interruption;
    end();
    ended = ended.then(() => {
      if (notices.length > 0) stderr.write(`\n${notices.join('\n')}\n`);
    });
  };

  return {
    event(event: RunEvent): void {
      if (event.type === 'run-started') {
        finish();
        start(event);
      } else if (current) update(current.board, event);
      else if (event.type === 'notice') stderr.write(`${noticeLine(event, style)}\n`);
      else if (event.type === 'interrupted') stderr.write(`${event.message}\n`);
      if (event.type === 'run-finished') finish();
    },
    async close(): Promise<void> {
      finish();
      await ended;
    },
  };
}

// listr2 is loaded only once there is something to show, so that other commands start faster.
async function show(stream: TerminalStream, frame: () => string, until: Promise<void>): Promise<void> {
  const { showFrames } = await import('./live-screen.js');
  await showFrames(stream, frame, until);
}
