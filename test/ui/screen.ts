import { Writable } from 'node:stream';

/** A terminal of a given size: what is written to it can be read as what a person would see. */
export class FakeScreen extends Writable {
  readonly isTTY = true;
  /** Everything that was ever written. */
  raw = '';
  /** The most lines that were in use at any time. */
  tallest = 0;
  private lines: string[] = [''];
  private row = 0;
  private column = 0;

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super();
  }

  /** The lines on the screen, without what is blank at their ends and below. */
  text(): string[] {
    return this.lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
      .split('\n');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.raw += text;
    for (const [, parameter = '', command = '', character = ''] of text.matchAll(sequences)) {
      if (command !== '') this.control(command, Number(parameter) || 1, parameter);
      else this.put(character);
    }
    this.tallest = Math.max(this.tallest, this.text().length);
    done();
  }

  private control(command: string, count: number, parameter: string): void {
    if (command === 'A') this.row = Math.max(0, this.row - count);
    else if (command === 'G') this.column = count - 1;
    else if (command === 'K') this.lines[this.row] = '';
    else if (!['m', 'h', 'l'].includes(command)) throw new Error(`the screen does not know ESC[${parameter}${command}`);
  }

  private put(character: string): void {
    if (character === '\r') this.column = 0;
    else if (character === '\n') {
      this.row += 1;
      this.column = 0;
      this.lines[this.row] ??= '';
    } else {
      const line = (this.lines[this.row] ?? '').padEnd(this.column);
      this.lines[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
      this.column += 1;
    }
  }
}

const sequences = /\u001b\[([\d;?]*)([A-Za-z])|([^])/gu;
