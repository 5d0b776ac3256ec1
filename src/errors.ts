/**
 * What every failure of the product looks like, and the one place that maps a failure to an exit code.
 */

/** The exit codes of the command line; documented in README.md and held stable. */
export const exitCodes = {
  unexpected: 1,
  usage: 2,
  prerequisite: 3,
  tool: 4,
  conflict: 5,
  timeout: 6,
  weakness: 7,
  leftBehind: 8,
  inconclusive: 9,
  changes: 10,
  interrupted: 130,
} as const;

export type ErrorCode = Exclude<keyof typeof exitCodes, 'changes'>;

export interface ErrorDetails {
  /** What to do next; whole sentences or pasteable commands. */
  readonly suggestions?: readonly string[];
  /** The tool's own words: last lines of its output, an event, a log line. */
  readonly output?: string;
  /** The pasteable command that failed. */
  readonly command?: string;
  readonly cause?: unknown;
  /** Machine-readable facts for `--json`. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * A failure a user can act on. The message is a lowercase sentence without a period that names the thing and the wrong
 * value; everything else travels in the details.
 */
export class PlatformError extends Error {
  readonly suggestions: readonly string[];
  readonly output: string | undefined;
  readonly command: string | undefined;
  readonly facts: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    // oclif prints the name in front of the message; users should read the message only.
    this.name = 'Error';
    this.suggestions = details.suggestions ?? [];
    this.output = details.output;
    this.command = details.command;
    this.facts = details.facts;
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** A failure as it travels in events, journals and JSON documents. */
export interface Failure {
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly message: string;
  readonly suggestions?: readonly string[];
  readonly output?: string;
  readonly command?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly causes?: readonly string[];
}

/** Turns anything thrown into a {@link Failure}; unknown errors are `unexpected`, aborted waits `interrupted`. */
export function failureOf(error: unknown): Failure {
  const causes = error instanceof Error ? causesOf(error) : [];
  if (error instanceof PlatformError) {
    return {
      code: error.code,
      exitCode: error.exitCode,
      message: error.message,
      ...(error.suggestions.length > 0 && { suggestions: error.suggestions }),
      ...(error.output !== undefined && { output: error.output }),
      ...(error.command !== undefined && { command: error.command }),
      ...(error.facts !== undefined && { facts: error.facts }),
      ...(causes.length > 0 && { causes }),
    };
  }
  const code = isAbort(error) ? 'interrupted' : isFullDisk(error) ? 'prerequisite' : 'unexpected';
  return {
    code,
    exitCode: exitCodes[code],
    message: messageOf(error),
    ...(isFullDisk(error) && { suggestions: ['free some disk space and run the same command again'] }),
    ...(causes.length > 0 && { causes }),
  };
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for the errors that an aborted signal or a cancelled prompt raises. */
export function isAbort(error: unknown): boolean {
  if (error instanceof PlatformError) return error.code === 'interrupted';
  return error instanceof Error && ['AbortError', 'ExitPromptError', 'AbortPromptError'].includes(error.name);
}

/** The system's error code (`ENOENT`, `ECONNREFUSED`), also of a wrapped cause. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!(error instanceof PlatformError) && 'code' in error && typeof error.code === 'string') return error.code;
  return systemCode(error.cause);
}

function isFullDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '');
}

function causesOf(error: Error): string[] {
  return error.cause instanceof Error ? [error.cause.message, ...causesOf(error.cause)] : [];
}
