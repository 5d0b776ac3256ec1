import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, ContainerEngine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import { writeFileAtomically } from '../../files.js';
import { logName } from './log-name.js';
import { isControlPlane, isNode } from './node-containers.js';

const lines = 2000;

/** What can be read of each node while it runs; kind's own export takes far longer, and everything. */
const ofEachNode = {
  kubelet: ['journalctl', '--no-pager', '--unit', 'kubelet', '--lines', String(lines)],
  containerd: ['journalctl', '--no-pager', '--unit', 'containerd', '--lines', String(lines)],
} as const;

const staticPods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;

/**
 * Copies the newest lines of the running nodes' logs into a folder.
 * @returns the files by name: `kubelet.worker`, `kube-apiserver`
 */
export async function copyNodeLogs(
  engine: ContainerEngine,
  cluster: string,
  nodes: readonly Container[],
  folder: string,
): Promise<{ readonly name: string; readonly file: string }[]> {
  await mkdir(folder, { recursive: true });
  const running = nodes.filter((node) => isNode(node) && node.status === 'running');
  const wanted = running.flatMap((node) => [
    ...Object.entries(ofEachNode).map(([log, command]) => ({
      node: node.name,
      name: logName(cluster, node.name, log, false),
      command: command,
    })),
    ...(isControlPlane(node) ? staticPods : []).map((log) => ({
      node: node.name,
      name: logName(cluster, node.name, log, true),
      command: ['sh', '-c', `tail -q -n ${String(lines)} /var/log/containers/${log}-*.log`] as readonly string[],
    })),
  ]);
  const copied = await Promise.all(
    wanted.map(async ({ node, name, command }) => {
      try {
        const { stdout } = await engine.execute(node, command);
        const file = join(folder, `${name}.log`);
        await writeFileAtomically(file, stdout);
        return [{ name, file }];
      } catch (error) {
        // A node whose API server never ran has no log of it.
        if (error instanceof PlatformError && error.code === 'tool') return [];
        throw error;
      }
    }),
  );
  return copied.flat();
}
