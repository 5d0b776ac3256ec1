import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PlatformError } from '../errors.js';
import type { Network } from '../network.js';
import { createNotebook } from '../notebook.js';
import type { Progress } from '../plan/events.js';
import type { Ports } from '../ports.js';
import { unpack } from './archive.js';
import { publishedChecksum } from './checksum.js';
import type { DownloadPin, Platform, ToolName } from './pins.js';

export interface DownloadRequest {
  /** Tools that come with one download. */
  readonly tools: ReadonlyMap<ToolName, DownloadPin>;
  readonly platform: Platform;
  /** Where to work; what is left there after a failure is not ours to clean. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** Downloads programs from their publishers; a sum that was once verified for a URL is the only one ever taken. */
export function createOfficialDownloads(
  { processes, paths, clock }: Pick<Ports, 'processes' | 'paths' | 'clock'>,
  network: Network,
) {
  const file = join(paths.cache, 'tools', 'verified.json');
  const verified = createNotebook(file, z.object({ sha256: z.string(), at: z.string() }));

  async function expectedChecksum(pin: DownloadPin, signal: AbortSignal): Promise<string> {
    if (pin.sha256 !== undefined) return pin.sha256;
    const published = await publishedChecksum(network, pin, signal);
    const known = await verified.get(pin.url);
    if (known && known.sha256 !== published) {
      throw new PlatformError('conflict', `the published checksum of ${pin.url} has changed since it was verified`, {
        facts: { url: pin.url, expected: known.sha256, actual: published },
        output: `verified ${known.at}: ${known.sha256}\nnow at ${pin.checksum.url}: ${published}`,
        suggestions: [`if the publisher replaced the file on purpose, remove its entry from ${file}`],
      });
    }
    return published;
  }

  return {
    /**
     * Resolves to the paths of the verified programs, by tool.
     * @throws PlatformError `conflict` for a wrong checksum; `prerequisite` or `tool` for anything that another way
     * may get around.
     */
    async download({ tools, platform, folder, signal, progress }: DownloadRequest): Promise<Map<ToolName, string>> {
      const [[name, pin] = []] = tools;
      if (name === undefined || pin === undefined) return new Map();
      const { host } = new URL(pin.url);
      const from = pin.unofficial === undefined ? host : `${host}, an unofficial build by ${pin.unofficial}`;
      progress({ message: `asking ${host}` });
      const expected = await expectedChecksum(pin, signal);
      const destination = join(folder, `${name}.download`);
      const { sha256 } = await network.download(pin.url, destination, {
        signal,
        onProgress: ({ done, total }) => {
          progress({ message: `from ${from}`, done, ...(total !== undefined && { total }), unit: 'bytes' });
        },
      });
      if (sha256 !== expected) throw wrongChecksum(name, pin, expected, sha256);
      await verified.set(pin.url, { sha256, at: new Date(clock.now()).toISOString() });
      const files = new Map<ToolName, string>();
      for (const [tool, { archive }] of tools) {
        const unpacked = join(folder, `${tool}.unpacked`);
        if (archive) await mkdir(unpacked);
        files.set(
          tool,
          archive ? await unpack(destination, archive, unpacked, { processes, platform, signal }) : destination,
        );
      }
      return files;
    },
  };
}

function wrongChecksum(name: ToolName, pin: DownloadPin, expected: string, actual: string): PlatformError {
  const origin = pin.sha256 === undefined ? pin.checksum.url : 'pinned';
  return new PlatformError('conflict', `the download of ${name} has the wrong checksum: ${pin.url}`, {
    facts: { file: name, url: pin.url, expected, actual },
    output: `expected ${expected} (${origin})\nactual   ${actual}`,
    suggestions: ['nothing of it was kept; try again, and tell the publisher if it stays wrong'],
  });
}
