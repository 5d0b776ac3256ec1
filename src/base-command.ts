import { stripVTControlCharacters } from 'node:util';
import { Command } from '@oclif/core/command';
import { boolean as booleanFlag, option } from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';
import { systemClock } from './clock.js';
import { exitCodes, failureOf, isAbort, PlatformError, type Failure } from './errors.js';
import { separated } from './flags/from-variables.js';
import { pathsFrom } from './paths.js';
import { createEventHub } from './plan/event-hub.js';
import type { RunSummary } from './plan/events.js';
import { createInterruption } from './plan/interruption.js';
import { failureOfRun } from './plan/run-summary.js';
import type { Ports } from './ports.js';
import { systemProcesses } from './process.js';
import { RunFailure } from './run-failure.js';
import { failureText } from './ui/failure.js';
import { documentText, failureDocument, successDocument } from './ui/json-document.js';
import { isVerbose, outputOf, outputs, wantsColor, type Output } from './ui/presentation.js';
import { createPrompts, isInteractive, type Prompts } from './ui/prompts.js';
import { createRenderer, type Renderer } from './ui/renderer.js';
import { createStyle, isUnicode, type Style } from './ui/style.js';
import { summaryText } from './ui/summary.js';

/** What every command shares: ports, output, signals, errors. Commands parse, call one use case and present. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags: Interfaces.FlagInput = {
    output: option({
      summary: 'text for people, json for one document, ndjson for the events as they happen',
      options: outputs,
      default: 'text',
      env: 'PLATFORM_OUTPUT',
      helpGroup: 'GLOBAL',
    })(),
    color: booleanFlag({
      summary: 'colours in text; by default where the terminal shows them and NO_COLOR is not set',
      allowNo: true,
      env: 'PLATFORM_COLOR',
      helpGroup: 'GLOBAL',
    }),
    verbose: booleanFlag({
      char: 'v',
      summary: 'a line for everything that happens, also on a terminal',
      env: 'PLATFORM_VERBOSE',
      helpGroup: 'GLOBAL',
    }),
  };

  protected ports!: Ports;
  /** Of what goes to standard output. */
  protected style!: Style;
  protected prompts!: Prompts;
  private renderer: Renderer | undefined;

  override async init(): Promise<void> {
    await super.init();
    const { env, stdin, stderr } = process;
    const clock = systemClock;
    const events = createEventHub(clock);
    const interruption = createInterruption();
    const processes = systemProcesses({
      started: (child) => {
        events.emit({ type: 'process-started', ...child });
      },
      finished: (child) => {
        events.emit({ type: 'process-finished', ...child });
      },
    });
    this.ports = { processes, clock, events, interruption, paths: pathsFrom(env), variables: env };
    this.style = this.styleFor(process.stdout);
    this.prompts = createPrompts({ input: stdin, output: stderr, interactive: isInteractive(stdin, stderr, env) });
  }

  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv);
    return { ...parsed, flags: separated(parsed.flags, { ...this.ctor.baseFlags, ...this.ctor.flags }) };
  }

  override jsonEnabled(): boolean {
    return this.outputFormat() !== 'text';
  }

  /** Shows what happens from now on, and turns signals into an orderly end. */
  protected follow(): void {
    const { stdout, stderr, env } = process;
    const { events, interruption } = this.ports;
    this.renderer = createRenderer({
      output: this.outputFormat(),
      stdout,
      stderr,
      isTerminal: stderr.isTTY && env['TERM'] !== 'dumb',
      color: wantsColor(this.argv, env, stderr),
      unicode: isUnicode(env),
      verbose: isVerbose(this.argv, env),
    });
    const { renderer } = this;
    events.subscribe((event) => {
      renderer.event(event);
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const force = interruption.draining.aborted;
        if (interruption.quitting.aborted) process.exit(exitCodes.interrupted);
        interruption.request();
        events.emit({ type: 'interrupted', force, message: interruptionMessage(force) });
      });
    }
  }

  /** Gives the terminal back; anything may be printed after this. */
  protected async stopFollowing(): Promise<void> {
    await this.renderer?.close();
    this.renderer = undefined;
  }

  /** The end of a run: its summary is shown, and a failure becomes the command's. */
  protected async endRun<T extends { readonly summary?: RunSummary }>(result: T): Promise<T> {
    await this.stopFollowing();
    const { summary } = result;
    if (!summary) return result;
    const style = this.styleFor(process.stderr);
    this.say(summaryText(summary, { style, ...(this.columns !== undefined && { columns: this.columns }) }));
    const failure = failureOfRun(summary);
    if (failure) throw new RunFailure(failure, result);
    return result;
  }

  /** The result on standard output: as text, or left to the JSON document. */
  protected present<T>(result: T, text: (result: T) => string): T {
    const shown = this.jsonEnabled() ? '' : text(result);
    if (shown) this.log(shown);
    return result;
  }

  /** Progress, summaries and hints belong on standard error, and nowhere in JSON. */
  protected say(text: string): void {
    if (!this.jsonEnabled() && text) process.stderr.write(`${text}\n`);
  }

  protected get columns(): number | undefined {
    return process.stderr.isTTY ? process.stderr.columns : undefined;
  }

  protected override async catch(error: Error & { exitCode?: number }): Promise<void> {
    await this.stopFollowing();
    const failure = failureFrom(error, this.variableSuggestions(error.message));
    process.exitCode = failure.exitCode;
    if (this.jsonEnabled()) {
      this.logJson(failureDocument(failure, error instanceof RunFailure ? { result: error.result } : {}));
      return;
    }
    if (error instanceof RunFailure) return;
    process.stderr.write(`${failureText(failure, this.styleFor(process.stderr))}\n`);
    if (failure.code === 'unexpected') process.stderr.write(`${error.stack ?? ''}\n`);
  }

  protected override toSuccessJson(result: unknown): unknown {
    return successDocument(result);
  }

  protected override logJson(document: unknown): void {
    process.stdout.write(documentText(document, this.outputFormat()));
  }

  private outputFormat(): Output {
    return outputOf(this.argv, process.env);
  }

  private styleFor(stream: { readonly isTTY?: boolean }): Style {
    const { env } = process;
    return createStyle({ color: wantsColor(this.argv, env, stream), unicode: isUnicode(env) });
  }

  // A value that nobody typed is hard to find: oclif names the flag only.
  private variableSuggestions(message: string): string[] {
    const flag = /--([\w-]+)=/.exec(message)?.[1] ?? '';
    const variable = { ...this.ctor.baseFlags, ...this.ctor.flags }[flag]?.env;
    const isTyped = this.argv.some((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
    const value = variable === undefined || isTyped ? undefined : process.env[variable];
    return value === undefined ? [] : [`${String(variable)} is set to ${value} in the environment`];
  }
}

function interruptionMessage(force: boolean): string {
  return force
    ? 'interrupting what still runs; press Ctrl-C once more to leave at once'
    : 'stopping after the current steps; press Ctrl-C again to interrupt them';
}

/** Errors of the command line itself are usage; everything else is as {@link failureOf} has it. */
function failureFrom(error: Error, suggestions: readonly string[]): Failure {
  if (error instanceof RunFailure) return error.failure;
  if (isAbort(error) && !(error instanceof PlatformError)) {
    return { code: 'interrupted', exitCode: exitCodes.interrupted, message: 'interrupted' };
  }
  if (error instanceof PlatformError || !('oclif' in error)) return failureOf(error);
  const message = stripVTControlCharacters(error.message)
    .replace(/\nSee more help with --help$/, '')
    .trim();
  return {
    code: 'usage',
    exitCode: exitCodes.usage,
    message: message.charAt(0).toLowerCase() + message.slice(1),
    suggestions: [...suggestions, 'run the command with --help to see its flags'],
  };
}
