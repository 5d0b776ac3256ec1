/** A stream that may be a terminal and then knows its size, which can change. */
export interface TerminalStream extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}
