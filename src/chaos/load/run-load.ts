import { formatDuration, type Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { Processes } from '../../process.js';
import type { LoadFault, LoadTool } from '../drill.js';
import type { LoadSlice } from '../record.js';
import { autocannon } from './autocannon.js';
import { sum, type LoadGenerator, type SliceRequest } from './generator.js';
import { hey } from './hey.js';
import { oha } from './oha.js';
import { silenceAtEnd } from './unanswered.js';

const generators: Readonly<Record<LoadTool, LoadGenerator>> = { hey, oha, autocannon };

/** The shortest run that the tools take. */
const shortestMs = 1_000;

export interface LoadOptions extends Pick<SliceRequest, 'connectTo' | 'caFile'> {
  /** Of the tool. */
  readonly path: string;
  readonly processes: Processes;
  readonly clock: Clock;
  /** Milliseconds from one report of the tool to the next, about 10,000. */
  readonly sliceMs: number;
  /** Whether the autoscaler has reacted; asked between slices. */
  readonly until: () => boolean;
  /** Called as soon as a slice is over, also for the last one before an interruption. */
  readonly onSlice: (slice: LoadSlice) => void;
}

/** Why a load ended by itself. */
export interface LoadEnd {
  /** `done`: all requests were answered and `until` was fulfilled · `time`: `atMostMs` is over · `unanswered`: nothing answers. */
  readonly ended: 'done' | 'time' | 'unanswered';
  /** A lowercase sentence without a period. */
  readonly reason: string;
}

/**
 * Makes load slice by slice, until its requests are answered and `until` is fulfilled, or its time is over. When the signal
 * aborts the tool is interrupted, hands over what it has counted, and the signal's reason is thrown; a slice goes on for
 * as long as the answers it waits for take.
 * @throws PlatformError `tool` when the tool cannot be started, fails, or says what nobody can read
 */
export async function runLoad(fault: LoadFault, options: LoadOptions, signal: AbortSignal): Promise<LoadEnd> {
  const { url, requests: wanted, workers, tool, atMostMs } = fault;
  const { connectTo, caFile, clock, sliceMs, until, onSlice } = options;
  const address = { url, ...(connectTo && { connectTo }), ...(caFile !== undefined && { caFile }) };
  const began = clock.now();
  let answered = 0;
  const slices: LoadSlice[] = [];
  for (;;) {
    signal.throwIfAborted();
    if (answered >= wanted && until()) return { ended: 'done', reason: `${String(answered)} requests were answered` };
    const leftMs = began + atMostMs - clock.now();
    if (leftMs < shortestMs) return { ended: 'time', reason: `its ${formatDuration(atMostMs)} were over` };
    const seconds = Math.floor(Math.max(shortestMs, Math.min(sliceMs, leftMs)) / 1000);
    const slice = await makeSlice(tool, { ...address, workers, seconds }, options, signal);
    onSlice(slice);
    slices.push(slice);
    // A tool sends thousands of requests a second to where nobody listens, and they burden nobody.
    answered += sum(slice.statuses);
    const silence = silenceAtEnd(slices);
    if (silence !== undefined && !signal.aborted) return { ended: 'unanswered', reason: silence };
  }
}

async function makeSlice(
  tool: LoadTool,
  request: SliceRequest,
  { path, processes, clock }: LoadOptions,
  signal: AbortSignal,
): Promise<LoadSlice> {
  const generator = generators[tool];
  const from = clock.now();
  try {
    const { stdout } = await processes.run(path, generator.arguments(request), { signal });
    return { from, to: clock.now(), ...generator.parse(stdout, request) };
  } catch (error) {
    // Interrupted right after its start it has nothing to say, and that is no failure.
    signal.throwIfAborted();
    if (!(error instanceof PlatformError && error.code === 'prerequisite')) throw error;
    throw new PlatformError('tool', `${tool} could not be started`, {
      cause: error.cause,
      ...(error.command !== undefined && { command: error.command }),
      suggestions: [`run it by itself: ${path}`],
    });
  }
}
