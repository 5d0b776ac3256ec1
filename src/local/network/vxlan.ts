import type { NodeMachines } from '../../clusters/cluster.js';
import { PlatformError } from '../../errors.js';

// `modprobe -n` knows nothing of what is built into the kernel. This makes a device in a network namespace that ends
// with the command; the kernel loads its module where it has one, just as Calico would make it do.
const trial = `
if words=$(unshare --net ip link add platform0 type vxlan id 1 dstport 4789 2>&1)
then echo yes
else echo "no: $words"
fi`;

/**
 * Whether the kernel under the nodes can make VXLAN devices; all nodes of one engine share it.
 * @throws PlatformError `tool` when a node cannot tell
 */
export async function hasVxlan(machines: NodeMachines, signal?: AbortSignal): Promise<boolean> {
  const [node] = await machines.names(signal);
  if (node === undefined) throw new PlatformError('conflict', 'the cluster has no nodes to ask about VXLAN');
  const answer = (await machines.run(node, ['bash', '-c', trial], { ...(signal && { signal }) })).trim();
  if (answer === 'yes') return true;
  // Of iproute2 5.x and later, and before.
  if (/Unknown device type|Operation not supported/.test(answer)) return false;
  throw new PlatformError('tool', `node ${node} cannot tell whether its kernel has VXLAN`, { output: answer });
}
