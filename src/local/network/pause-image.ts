import { z } from 'zod';
import type { NodeMachines } from '../../clusters/cluster.js';
import { PlatformError } from '../../errors.js';

const listing = z.object({ images: z.array(z.object({ repoTags: z.array(z.string()).nullish() })) });

/**
 * The image that the kubelet starts every pod with, as this node calls it. The node is asked itself: its Node object
 * lists only its 50 largest images.
 */
export async function pauseImage(machines: NodeMachines, node: string, signal: AbortSignal): Promise<string> {
  const text = await machines.run(node, ['crictl', 'images', '-o', 'json'], { signal });
  const tags = listing.parse(JSON.parse(text)).images.flatMap(({ repoTags }) => repoTags ?? []);
  const image = tags.find((tag) => /(^|\/)pause:/.test(tag));
  if (image !== undefined) return image;
  throw new PlatformError('tool', `node ${node} has no pause image to start a pod with`);
}
