import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, type ListrDefaultRendererLogLevels } from 'listr2';
import type { TerminalStream } from './terminal.js';

/**
 * Keeps a picture on the terminal up to date until the promise resolves; its last state stays. listr2 does what a
 * terminal needs (one timer at ten frames a second, redrawing in place, the cursor, holding back what others write
 * meanwhile); what is in the picture comes from `frame`, because a list of all steps does not fit on a screen.
 */
export async function showFrames(stream: TerminalStream, frame: () => string, until: Promise<void>): Promise<void> {
  class Frames extends DefaultRenderer {
    // listr2 asks whether standard output is a terminal; what counts here is standard error.
    static override nonTTY = true;

    override create(): string {
      return frame();
    }
  }
  const screen = new Screen(stream as unknown as NodeJS.WriteStream);
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput: screen });
  const tasks = new Listr([{ title: 'run', task: () => until }], {
    renderer: Frames,
    rendererOptions: { logger },
    fallbackRenderer: 'silent',
    // Its handler would end the process with 127 and leave tools running.
    registerSignalListeners: false,
  });
  // Who leaves in the middle of a run (a second Ctrl-C, a crash) gets the cursor and what was held back all the same.
  const giveBack = () => {
    screen.release();
  };
  process.once('exit', giveBack);
  await tasks.run();
  process.off('exit', giveBack);
}

class Screen extends ProcessOutput {
  constructor(private readonly terminal: NodeJS.WriteStream) {
    super(terminal, terminal);
  }

  // The original copies the terminal's size once and would not see it change.
  override get stdout(): NodeJS.WriteStream {
    const { stdout } = this.stream;
    return Object.create(this.terminal, { write: { value: stdout.write.bind(stdout) } }) as NodeJS.WriteStream;
  }
}
