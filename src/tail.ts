import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from './clock.js';
import { poll } from './poll.js';

const chunkBytes = 64 * 1024;
const followIntervalMs = 250;

export interface Tail {
  readonly lines: readonly string[];
  /** Size of the file when it was read: where to follow it from. */
  readonly end: number;
}

/** The last lines of a text file, read from its end: logs can be far larger than what is wanted of them. */
export async function tailOf(file: string, count: number): Promise<Tail> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const chunks: Buffer[] = [];
    let start = size;
    let breaks = 0;
    // One more break than lines wanted, because the last line ends with one.
    while (start > 0 && breaks <= count) {
      const length = Math.min(chunkBytes, start);
      start -= length;
      const chunk = Buffer.alloc(length);
      await handle.read(chunk, 0, length, start);
      breaks += chunk.filter((byte) => byte === 10).length;
      chunks.unshift(chunk);
    }
    const lines = Buffer.concat(chunks).toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return { lines: count === 0 ? [] : lines.slice(-count), end: size };
  } finally {
    await handle.close();
  }
}

/** Calls back for each line that is added to a file after `from` (bytes), until the signal aborts. */
export async function followFile(
  file: string,
  from: number,
  onLine: (line: string) => void,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  let position = from;
  let rest = '';
  let decoder = new StringDecoder('utf8');
  const readMore = async () => {
    const { size } = await stat(file);
    // Begun anew, as a restarted program does it.
    if (size < position) [position, rest, decoder] = [0, '', new StringDecoder('utf8')];
    const added = await bytesOf(file, position, size);
    position += added.length;
    const lines = (rest + decoder.write(added)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    return undefined;
  };
  try {
    await poll(signal, clock, followIntervalMs, readMore);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function bytesOf(file: string, from: number, to: number): Promise<Buffer> {
  if (to === from) return Buffer.alloc(0);
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
