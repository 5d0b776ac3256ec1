import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tailOf } from '../../tail.js';
import { logName } from './log-name.js';

/** What `kind export logs` writes for each node, the most telling first. */
const nodeLogs = ['kubelet', 'serial', 'containerd', 'journal'] as const;
const linesRead = 2000;

export interface BundledLog {
  /** `kubelet.worker`. */
  readonly name: string;
  readonly file: string;
}

/** The logs of a cluster's nodes in a folder of `kind export logs`; none where there is no such folder. */
export async function bundledLogs(folder: string, cluster: string): Promise<readonly BundledLog[]> {
  const logs = await Promise.all((await foldersIn(folder)).map((node) => logsOfNode(folder, cluster, node)));
  return logs.flat().filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index);
}

/** The last lines of each log in it. */
export async function readBundle(
  folder: string,
  cluster: string,
): Promise<readonly (BundledLog & { readonly lines: readonly string[] })[]> {
  const logs = await bundledLogs(folder, cluster);
  return Promise.all(logs.map(async (log) => ({ ...log, lines: (await tailOf(log.file, linesRead)).lines })));
}

async function logsOfNode(folder: string, cluster: string, node: string): Promise<BundledLog[]> {
  const ofNode = nodeLogs
    .map((log) => ({ name: logName(cluster, node, log, false), file: join(folder, node, `${log}.log`) }))
    .filter(({ file }) => existsSync(file));
  const ofPods = await podLogs(join(folder, node, 'pods'));
  return [...ofNode, ...ofPods.map(({ log, file }) => ({ name: logName(cluster, node, log, true), file }))];
}

/** The newest log of each container: `<namespace>_<pod>_<uid>/<container>/<restarts>.log`. */
async function podLogs(pods: string): Promise<{ readonly log: string; readonly file: string }[]> {
  const found: { log: string; file: string }[] = [];
  for (const pod of await foldersIn(pods)) {
    for (const log of await foldersIn(join(pods, pod))) {
      const runs = (await readdir(join(pods, pod, log))).sort((one, other) => parseInt(one) - parseInt(other));
      const last = runs.at(-1);
      if (last !== undefined) found.push({ log, file: join(pods, pod, log, last) });
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}
