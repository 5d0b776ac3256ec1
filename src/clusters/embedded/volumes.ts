import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../errors.js';

/** Where kube-controller-manager's host-path provisioner makes its folders; fixed in its source. */
const volumesFolder = '/tmp/hostpath_pv';

/**
 * Folders of volumes that this control plane made and that still exist. They are read from etcd's own files, so that
 * they are found with the API server dead and for volumes deleted long ago.
 */
export async function volumeFolders(etcdFolder: string): Promise<string[]> {
  if (!existsSync(etcdFolder) || !existsSync(volumesFolder)) return [];
  const files = await readdir(etcdFolder, { recursive: true, withFileTypes: true });
  const folders = new Set<string>();
  for (const file of files) {
    if (!file.isFile()) continue;
    const content = await readFile(join(file.parentPath, file.name), 'latin1');
    for (const [folder] of content.matchAll(/\/tmp\/hostpath_pv\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)) {
      if (existsSync(folder)) folders.add(folder);
    }
  }
  return [...folders];
}

/** Deletes the folders, and the folder above them once it is empty. */
export async function removeVolumeFolders(folders: readonly string[]): Promise<void> {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  await rmdir(volumesFolder).catch((error: unknown) => {
    // Volumes of other control planes are in it, or nobody ever made any.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) throw error;
  });
}
