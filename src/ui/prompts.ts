import type { createPromptModule } from 'inquirer';
import type { Readable } from 'node:stream';
import { isAbort, PlatformError } from '../errors.js';

interface Question {
  readonly message: string;
  /** The flag that answers it, as typed: `--local or --aws`, `--confirm shop`. */
  readonly flag: string;
}

interface Choice<T> {
  readonly name: string;
  readonly value: T;
  /** Shown while the choice is highlighted: what it costs, what it needs. */
  readonly description?: string;
}

/**
 * Questions to the person at the terminal. All of them throw PlatformError `usage`, naming the flag, where nobody can
 * be asked, and `interrupted` on Ctrl-C, a closed standard input or an aborted signal.
 */
export interface Prompts {
  /** Whether anybody can be asked. */
  readonly available: boolean;
  select<T>(question: Question & { readonly choices: readonly Choice<T>[]; readonly initial?: T }): Promise<T>;
  confirm(question: Question & { readonly initial?: boolean }): Promise<boolean>;
  input(
    question: Question & { readonly initial?: string; readonly validate?: (text: string) => true | string },
  ): Promise<string>;
  /** Has the name typed in full. @throws PlatformError `interrupted` when something else was typed. */
  confirmByName(name: string, message?: string): Promise<void>;
}

export interface PromptOptions {
  readonly input: Readable;
  /** Standard error: standard output carries results only. */
  readonly output: NodeJS.WritableStream;
  readonly signal?: AbortSignal;
  /** See {@link isInteractive}. */
  readonly interactive: boolean;
}

export function createPrompts(options: PromptOptions): Prompts {
  const prompts: Prompts = {
    available: options.interactive,
    async select({ choices, initial, ...question }) {
      const listed = choices.map(({ name, description }, value) => ({
        name,
        value,
        ...(description && { description }),
      }));
      const answer = await ask<unknown>(options, question, (prompt, message) =>
        prompt([
          {
            ...named,
            type: 'select',
            message,
            choices: listed,
            default: choices.findIndex(({ value }) => value === initial),
          },
        ]),
      );
      const choice = choices.find((_, position) => position === answer);
      if (!choice)
        throw new PlatformError('unexpected', `"${question.message}" has no choice number ${String(answer)}`);
      return choice.value;
    },
    confirm({ initial = false, ...question }) {
      return ask(options, question, (prompt, message) =>
        prompt([{ ...named, type: 'confirm', message, default: initial }]),
      );
    },
    input({ initial = '', validate = () => true, ...question }) {
      return ask(options, question, (prompt, message) =>
        prompt([{ ...named, type: 'input', message, validate, default: initial }]),
      );
    },
    async confirmByName(name, message = `Type ${name} to confirm`) {
      const typed = await prompts.input({ message, flag: `--confirm ${name}` });
      if (typed.trim() !== name)
        throw new PlatformError('interrupted', `"${typed}" is not ${name}; nothing was changed`);
    },
  };
  return prompts;
}

/** A person can be asked: both streams are terminals, and it is not a CI job, which may have a terminal as well. */
export function isInteractive(
  stdin: { readonly isTTY?: boolean },
  stderr: { readonly isTTY?: boolean },
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  const isContinuousIntegration = !['', '0', 'false'].includes(variables['CI'] ?? '');
  return stdin.isTTY === true && stderr.isTTY === true && variables['TERM'] !== 'dumb' && !isContinuousIntegration;
}

type Prompt = ReturnType<typeof createPromptModule>;

/** inquirer gives its answers by name. */
const named = { name: 'answer' } as const;

async function ask<T>(
  { input, output, signal, interactive }: PromptOptions,
  { message, flag }: Question,
  put: (prompt: Prompt, message: string) => Promise<{ answer: T }>,
): Promise<T> {
  if (!interactive) {
    throw new PlatformError('usage', `"${message}" cannot be asked here: this is not an interactive terminal`, {
      suggestions: [`answer it with ${flag}`],
    });
  }
  const { createPromptModule } = await import('inquirer');
  // inquirer would wait for ever for an input that has ended.
  const closed = new AbortController();
  const close = () => {
    closed.abort();
  };
  if (input.readableEnded || input.destroyed) close();
  input.once('end', close).once('close', close);
  try {
    const either = AbortSignal.any(signal ? [closed.signal, signal] : [closed.signal]);
    const { answer } = await put(createPromptModule({ input, output, signal: either }), message);
    return answer;
  } catch (error) {
    if (isAbort(error)) throw new PlatformError('interrupted', 'cancelled; nothing was changed');
    throw error;
  } finally {
    input.off('end', close).off('close', close);
  }
}
