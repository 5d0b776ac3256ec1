import { statfs } from 'node:fs/promises';
import { mebibyte } from './bytes.js';

/** With less than this an embedded control plane does not start: etcd reserves 64 MiB for its log at a time. */
export const leastControlPlaneBytes = 200 * mebibyte;

/** Bytes that this user may still write where a folder is. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
