import { PlatformError } from '../../errors.js';
import type { LoadTool } from '../drill.js';
import type { LoadSlice } from '../record.js';

/** A stretch of load, as a tool is asked for it. */
export interface SliceRequest {
  readonly url: string;
  /** Where its host really is: an address of a local replica resolves nowhere, or to another port. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** A certificate authority (PEM) to trust beside the machine's own; only oha checks certificates at all. */
  readonly caFile?: string;
  readonly workers: number;
  /** A whole number. */
  readonly seconds: number;
}

/** What a tool says of a slice. `requests` is what it says it sent: statuses and errors may account for fewer. */
export type LoadCounts = Omit<LoadSlice, 'from' | 'to'>;

/** A program that makes load: what it is called with, and what its words mean. */
export interface LoadGenerator {
  arguments(request: SliceRequest): readonly string[];
  /** @throws PlatformError `tool` for output that is empty, cut off, or of another program. */
  parse(output: string, request: Pick<SliceRequest, 'workers'>): LoadCounts;
}

/** Who waits longer for a page has left; it also bounds how far a slice goes on after its end. */
export const answerWithinSeconds = 10;

/** What people and servers see: `Host`, the name for TLS, and where to connect. */
export function addressed({ url, connectTo }: Pick<SliceRequest, 'url' | 'connectTo'>): {
  /** With the host and port to connect to. */
  readonly target: string;
  /** As in the URL, with its port where that is not the protocol's own. */
  readonly host: string;
  /** The name alone. */
  readonly name: string;
  readonly port: number;
  readonly isSecure: boolean;
} {
  const { host, hostname: name, port, protocol } = new URL(url);
  const isSecure = protocol === 'https:';
  const target = new URL(url);
  if (connectTo) {
    target.hostname = connectTo.host.includes(':') ? `[${connectTo.host}]` : connectTo.host;
    target.port = String(connectTo.port);
  }
  return { target: target.href, host, name, port: Number(port || (isSecure ? 443 : 80)), isSecure };
}

/** The error for output that cannot be what the tool says at its end. */
export function unreadable(tool: LoadTool, output: string, why: string): PlatformError {
  const last = output.trimEnd().split('\n').slice(-5).join('\n');
  return new PlatformError('tool', `the output of ${tool} cannot be used: ${why}`, {
    ...(last && { output: last }),
    suggestions: [`look at \`platform tools list\`: another version of ${tool} may be on PATH`],
  });
}

/** Milliseconds of seconds, to a hundredth. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 100_000) / 100;
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
