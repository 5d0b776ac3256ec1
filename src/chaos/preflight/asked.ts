import { messageOf } from '../../errors.js';

/** What somebody was asked before a drill: the answer, or why there is none. */
export type Asked<T> = { readonly answer: T } | { readonly problem: string };

/** That there is no answer is a fact as any other; only an abort is passed on. */
export async function asked<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<Asked<T>> {
  try {
    return { answer: await ask() };
  } catch (error) {
    signal.throwIfAborted();
    return { problem: messageOf(error) };
  }
}

export function answerOf<T>(asked: Asked<T> | undefined): T | undefined {
  return asked && 'answer' in asked ? asked.answer : undefined;
}

export function problemOf(asked: Asked<unknown> | undefined): string | undefined {
  return asked && 'problem' in asked ? asked.problem : undefined;
}
