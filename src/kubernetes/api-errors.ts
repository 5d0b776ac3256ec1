import { PlatformError, systemCode, type ErrorCode } from '../errors.js';

/** A refusal of the API server, with its HTTP status and reason. */
export class ApiError extends PlatformError {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    code: ErrorCode,
  ) {
    super(code, message, { facts: { status, reason } });
  }
}

/** No answer from the API server: never the same as "does not exist". */
export class ApiUnreachableError extends PlatformError {
  constructor(server: string, cause: unknown) {
    super('tool', `the API server at ${server} does not answer`, {
      cause,
      suggestions: ['run `platform status` to see what is still running, `platform start` to start it again'],
    });
  }
}

/** The error for an answer that is not a success; `call` is its method and path. */
export function refusal(status: number, answer: string, call: string): ApiError {
  let reason = '';
  let message = answer.trim();
  try {
    const parsed = JSON.parse(answer) as { reason?: string; message?: string };
    reason = parsed.reason ?? '';
    message = parsed.message ?? message;
  } catch {
    // Some refusals, such as those of a proxy in between, are plain text.
  }
  const code = status === 409 ? 'conflict' : 'tool';
  return new ApiError(status, reason, `the API server refused ${call}: ${message || String(status)}`, code);
}

export function unreachable(server: string, cause: Error): PlatformError {
  return new ApiUnreachableError(server, cause);
}

// Often another server that has the address by now, so it is not the same as no answer.
export function untrusted(server: string, cause: Error): PlatformError {
  return new PlatformError(
    'tool',
    `the API server at ${server} has a certificate that is not trusted: ${cause.message}`,
    {
      cause,
      suggestions: [
        'see with `platform status` whether the cluster still runs: another one may have its address by now',
      ],
    },
  );
}

export function isCertificateProblem(error: unknown): boolean {
  const code = systemCode(error) ?? '';
  return code.startsWith('ERR_TLS') || code.includes('CERT') || code.includes('SIGNATURE');
}
