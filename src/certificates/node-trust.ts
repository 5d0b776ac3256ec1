import { createHash } from 'node:crypto';
import type { NodeMachines } from '../clusters/cluster.js';
import type { Certificate } from './certificate.js';

const anchors = '/usr/local/share/ca-certificates';
const bundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * What of ours is in a node, when its bundle was put together, and when containerd started: it reads the bundle once.
 * Times are in seconds of the node's own clock.
 */
const look = `cd ${anchors} && sha256sum platform-*.crt 2>/dev/null
echo "bundle $(stat -c %Y ${bundle})"
echo "containerd $(date -d "$(systemctl show --property ActiveEnterTimestamp --value containerd)" +%s)"`;

// --fresh takes links to removed certificates away. The containers go on while containerd restarts: their shims are
// processes of their own.
const renew = 'update-ca-certificates --fresh && systemctl restart containerd';

/** Why a node does not trust exactly these certificates; `undefined` when it does. Asks the node once. */
export async function missingTrust(
  machines: NodeMachines,
  node: string,
  certificates: readonly Certificate[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const output = await machines.run(node, ['sh', '-c', look], signal && { signal });
  const found = readLook(output);
  const wanted = filesOf(certificates);
  const lacking = [...wanted].filter(([name, pem]) => found.files.get(name) !== digestOf(pem));
  if (lacking.length > 0) return `${node} lacks ${String(lacking.length)} of ${String(wanted.size)} authorities`;
  const surplus = [...found.files.keys()].filter((name) => !wanted.has(name));
  if (surplus.length > 0) return `${node} trusts ${String(surplus.length)} of before`;
  return found.containerd < found.bundle ? `containerd of ${node} has not read its authorities yet` : undefined;
}

/** Lets a node, its containerd included, trust exactly these certificates of ours beside what it came with. */
export async function trustInNode(
  machines: NodeMachines,
  node: string,
  certificates: readonly Certificate[],
  signal: AbortSignal,
): Promise<void> {
  const script = `cd ${anchors} && rm -f platform-*.crt`;
  await machines.run(node, ['sh', '-c', `mkdir -p ${anchors} && ${script}`], { signal });
  for (const [name, pem] of filesOf(certificates)) {
    await machines.run(node, ['sh', '-c', 'cat > "$1"', 'sh', `${anchors}/${name}`], { stdin: pem, signal });
  }
  await machines.run(node, ['sh', '-c', renew], { signal });
}

function filesOf(certificates: readonly Certificate[]): ReadonlyMap<string, string> {
  return new Map(certificates.map(({ fingerprint, pem }) => [`platform-${fingerprint.slice(0, 16)}.crt`, pem]));
}

function readLook(output: string) {
  const files = new Map<string, string>();
  const times = new Map<string, number>();
  for (const line of output.split('\n')) {
    const file = /^([0-9a-f]{64}) [ *](platform-\S+)$/.exec(line);
    if (file?.[1] && file[2]) files.set(file[2], file[1]);
    const time = /^(bundle|containerd) (\d+)$/.exec(line);
    if (time?.[1]) times.set(time[1], Number(time[2]));
  }
  // What the node does not tell counts as not done.
  return { files, bundle: times.get('bundle') ?? Infinity, containerd: times.get('containerd') ?? 0 };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
