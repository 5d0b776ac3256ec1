import { Command } from '@oclif/core/command';
import { boolean as booleanFlag, option } from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';
import { systemClock } from './clock.js';
import { exitCodes, failureOf, isAbort, PlatformError, type Failure } from './errors.js';
import { pathsFrom } from './paths.js';
import { createEventHub } from './plan/event-hub.js';
import type { RunSummary } from './plan/events.js';
import { createInterruption } from './plan/interruption.js';
import type { Ports } from './ports.js';
import { systemProcesses } from './process.js';
import { RunFailure } from './run-failure.js';
import { failureText } from './ui/failure.js';
import { createPrompts, isInteractive, type Prompts } from './ui/prompts.js';
import { createRenderer, type Renderer } from './ui/renderer.js';
import { createStyle, isUnicode, type Style } from './ui/style.js';
import { summaryText } from './ui/summary.js';
import { failureOfRun } from './plan/run-summary.js';

/** Version of the JSON documents; new keys may appear in it, none is removed or changes its type. */
const schemaVersion = 1;

export type Output = 'text' | 'json' | 'ndjson';

/** What every command shares: ports, output, signals, errors. Commands parse, call one use case and present. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags: Interfaces.FlagInput = {
    output: option({
      summary: 'text for people, json for one document, ndjson for the events as they happen',
      options: ['text', 'json', 'ndjson'] as const,
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
    this.style = createStyle({ color: this.wantsColor(), unicode: isUnicode(env) });
    this.prompts = createPrompts({ input: stdin, output: stderr, interactive: isInteractive(stdin, stderr, env) });
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
      color: this.wantsColor(),
      unicode: isUnicode(env),
      verbose: this.argv.includes('--verbose') || this.argv.includes('-v') || isOn(env['PLATFORM_VERBOSE']),
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
    this.say(summaryText(summary, { style: this.style, ...(this.columns !== undefined && { columns: this.columns }) }));
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
    const failure = failureFrom(error);
    process.exitCode = failure.exitCode;
    if (this.jsonEnabled()) {
      const result = error instanceof RunFailure ? { result: error.result } : {};
      this.logJson({ schemaVersion, ok: false, error: failure, ...result });
      return;
    }
    if (error instanceof RunFailure) return;
    const style = (this.style as Style | undefined) ?? createStyle({ color: this.wantsColor() });
    process.stderr.write(`${failureText(failure, style)}\n`);
    if (failure.code === 'unexpected') process.stderr.write(`${error.stack ?? ''}\n`);
  }

  protected override toSuccessJson(result: unknown): unknown {
    return { schemaVersion, ok: true, result };
  }

  protected override logJson(document: unknown): void {
    const indent = this.outputFormat() === 'ndjson' ? undefined : 2;
    process.stdout.write(`${JSON.stringify(document, null, indent)}\n`);
  }

  // Asked before flags are parsed and when parsing them failed, so it reads the command line itself.
  private outputFormat(): Output {
    const end = this.argv.indexOf('--');
    const words = end < 0 ? this.argv : this.argv.slice(0, end);
    if (words.includes('--json')) return 'json';
    const joined = words.findLast((word) => word.startsWith('--output='))?.slice('--output='.length);
    const index = words.lastIndexOf('--output');
    const wanted = joined ?? (index >= 0 ? words[index + 1] : undefined) ?? process.env['PLATFORM_OUTPUT'];
    return wanted === 'json' || wanted === 'ndjson' ? wanted : 'text';
  }

  private wantsColor(): boolean {
    const { env, stderr } = process;
    if (this.argv.includes('--no-color')) return false;
    if (this.argv.includes('--color')) return true;
    if (env['PLATFORM_COLOR'] !== undefined) return isOn(env['PLATFORM_COLOR']);
    if (env['NO_COLOR']) return false;
    if (isOn(env['FORCE_COLOR'])) return true;
    return stderr.isTTY && env['TERM'] !== 'dumb';
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}

function interruptionMessage(force: boolean): string {
  return force
    ? 'interrupting what still runs; press Ctrl-C once more to leave at once'
    : 'stopping after the current steps; press Ctrl-C again to interrupt them';
}

/** Errors of the command line itself are usage; everything else is as {@link failureOf} has it. */
function failureFrom(error: Error): Failure {
  if (error instanceof RunFailure) return error.failure;
  if (error instanceof PlatformError) return failureOf(error);
  if (isAbort(error)) return { code: 'interrupted', exitCode: exitCodes.interrupted, message: 'interrupted' };
  const usage = 'oclif' in error && 'parse' in error;
  if (!usage) return failureOf(error);
  const message = error.message.replace(/\nSee more help with --help$/, '').trim();
  return {
    code: 'usage',
    exitCode: exitCodes.usage,
    message: message.charAt(0).toLowerCase() + message.slice(1),
    suggestions: ['run the command with --help to see its flags'],
  };
}
