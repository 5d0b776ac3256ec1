import { z } from 'zod';
import { messageOf, PlatformError } from '../errors.js';
import type { Network } from '../network.js';
import type { DownloadPin } from './pins.js';

const releaseSchema = z.object({
  assets: z.array(z.object({ name: z.string(), digest: z.string().nullish() })),
});

/**
 * Asks the publisher for the SHA-256 of a download.
 * @throws PlatformError `prerequisite` when it cannot be fetched, or what is there says none.
 */
export async function publishedChecksum(network: Network, pin: DownloadPin, signal?: AbortSignal): Promise<string> {
  const { format, url } = pin.checksum;
  const file = fileNameOf(pin.url);
  const sum = checksumIn(await network.text(url, signal), format, file);
  if (sum === undefined) throw new PlatformError('prerequisite', `${url} says no SHA-256 of ${file}`);
  return sum;
}

/** Finds a file's SHA-256 in what a publisher wrote; `undefined` when there is none. */
export function checksumIn(text: string, format: DownloadPin['checksum']['format'], file: string): string | undefined {
  switch (format) {
    case 'single':
      return sha256In(text.trim());
    case 'list': {
      const lines = text.split('\n').map((line) => line.trim().split(/\s+\*?/));
      return sha256In(lines.find(([, name]) => name !== undefined && fileNameOf(name) === file)?.[0]);
    }
    case 'github':
      return sha256In(
        assetsIn(text)
          .find(({ name }) => name === file)
          ?.digest?.replace(/^sha256:/, ''),
      );
  }
}

function sha256In(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
}

function assetsIn(text: string) {
  try {
    return releaseSchema.parse(JSON.parse(text)).assets;
  } catch (error) {
    throw new PlatformError('prerequisite', `the list of a release's files cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function fileNameOf(url: string): string {
  return url.split('/').at(-1) ?? url;
}
