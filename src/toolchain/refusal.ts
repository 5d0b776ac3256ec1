import { failureOf, PlatformError, type Failure } from '../errors.js';
import type { Pin, ToolName } from './pins.js';
import type { Tool } from './tool.js';

/** Why one way to get a tool did not work: a clause for people. */
export interface Refusal {
  readonly way: 'PATH' | 'download' | 'go';
  readonly reason: string;
}

/** A wrong checksum, a full disk and an interruption end it all; anything else only ends this way. */
export async function orRefusal(
  way: Refusal['way'],
  signal: AbortSignal,
  work: () => Promise<Tool | Refusal>,
): Promise<Tool | Refusal> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    if (!(error instanceof PlatformError) || ['conflict', 'interrupted'].includes(failure.code)) throw error;
    return { way, reason: whole(failure) };
  }
}

function whole({ message, output }: Failure): string {
  return output === undefined ? message : `${message}\n${output.replace(/^/gm, '    ')}`;
}

/** The error for a tool that no way led to. */
export function nowhere(name: ToolName, pin: Pin, go: string, refusals: readonly Refusal[]): PlatformError {
  const host = Object.values(pin.downloads).map(({ url }) => new URL(url).host)[0];
  return new PlatformError('prerequisite', `${name} ${pin.version} is not here and could not be installed`, {
    output: refusals.map(({ way, reason }) => `${way}: ${reason}`).join('\n'),
    facts: { tool: name, version: pin.version, ways: refusals },
    suggestions: [
      `put ${name} ${pin.accepts} on PATH${pin.install === undefined ? '' : `: ${pin.install}`}`,
      ...(host === undefined ? [] : [`or run it again where ${host} answers`]),
      ...(pin.build ? [`or install Go ${go} or newer, from which it can be built`] : []),
    ],
  });
}
