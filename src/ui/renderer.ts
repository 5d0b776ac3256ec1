import { systemClock, type Clock } from '../clock.js';
import type { RunEvent } from '../plan/events.js';
import { createLines } from './lines.js';
import { createStyle } from './style.js';
import type { TerminalStream } from './terminal.js';
import { createTree } from './tree.js';

/** Shows what happens in a run. */
export interface Renderer {
  event(event: RunEvent): void;
  /** Gives the terminal back; await it before anything else is printed and before the process exits. */
  close(): Promise<void>;
}

export interface RendererOptions {
  readonly output: 'text' | 'json' | 'ndjson';
  readonly stdout: NodeJS.WritableStream;
  /** Where everything but the result goes. */
  readonly stderr: TerminalStream;
  /** Whether stderr is a terminal that can be redrawn. */
  readonly isTerminal: boolean;
  readonly color: boolean;
  /** Default true, see `isUnicode`. */
  readonly unicode?: boolean;
  /** Every event as a line of its own, also on a terminal: commands that run, steps with nothing to do. */
  readonly verbose?: boolean;
  readonly clock?: Pick<Clock, 'now'>;
}

/** A tree on a terminal, lines elsewhere, nothing for `json`, and for `ndjson` every event as a line of standard output. */
export function createRenderer(options: RendererOptions): Renderer {
  const { output, stdout, stderr, isTerminal, verbose = false, clock = systemClock } = options;
  const style = createStyle(options);
  if (output === 'json') return silent(stderr);
  if (output === 'ndjson') return ndjson(stdout);
  if (isTerminal && !verbose) return createTree({ stderr, style, clock });
  return createLines({ stderr, style, verbose, clock });
}

/** The command prints its one document itself; only who pressed Ctrl-C must hear something at once. */
function silent(stderr: NodeJS.WritableStream): Renderer {
  return {
    event(event) {
      if (event.type === 'interrupted') stderr.write(`${event.message}\n`);
    },
    close: () => Promise.resolve(),
  };
}

function ndjson(stdout: NodeJS.WritableStream): Renderer {
  return {
    event(event) {
      stdout.write(`${JSON.stringify(event)}\n`);
    },
    // A pipe takes what it is given later; exiting before that would cut the stream short.
    close: () =>
      new Promise((resolve) => {
        stdout.write('', () => {
          resolve();
        });
      }),
  };
}
