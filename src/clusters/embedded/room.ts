import { formatBytes } from '../../bytes.js';
import { freeBytes, leastControlPlaneBytes } from '../../disk-space.js';
import { PlatformError } from '../../errors.js';
import { existingFolder } from '../../existing-folder.js';

/**
 * Without room etcd ends at once, and kwokctl would start it again and again.
 * @throws PlatformError `prerequisite` with what is free and what is needed
 */
export async function refuseFullDisk(folder: string): Promise<void> {
  const free = await freeBytes(await existingFolder(folder));
  if (free >= leastControlPlaneBytes) return;
  throw new PlatformError(
    'prerequisite',
    `only ${formatBytes(free)} are free for ${folder}, and a control plane needs ${formatBytes(leastControlPlaneBytes)}`,
    { suggestions: ['free some disk space and run the same command again', 'or move the state: XDG_STATE_HOME'] },
  );
}
