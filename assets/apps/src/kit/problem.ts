import type { z } from 'zod';

/**
 * An answer that is not a success: the status and the sentence its caller reads as `{ "error": "<sentence>" }`. Nothing
 * else of it leaves the service; a `cause` is for the log.
 */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    sentence: string,
    readonly details: { readonly cause?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

/**
 * What came in with a request, if it has the wanted shape.
 * @throws Problem 400 with the first thing that is wrong
 */
export function expectShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'The request' : issue.path.join('.');
  throw new Problem(400, `${place}: ${issue?.message ?? 'not understood'}`);
}
