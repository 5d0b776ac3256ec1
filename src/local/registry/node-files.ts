import { posix } from 'node:path';
import type { NodeMachines } from '../../clusters/cluster.js';

/** Where containerd looks for it in every kind and minikube node. */
const folder = '/etc/containerd/certs.d';

// A blank before each line of content tells it from the lines that name the files.
const listing = `for file in ${folder}/*/hosts.toml; do
  if [ -f "$file" ]; then echo "@$file"; sed 's/^/ /' "$file"; echo; fi
done`;

/** The text of every hosts.toml of a node, by host. */
export async function readHostsFiles(
  machines: NodeMachines,
  node: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  let host: string | undefined;
  for (const line of (await machines.run(node, ['sh', '-c', listing], { signal })).split('\n')) {
    if (line.startsWith('@')) {
      host = posix.basename(posix.dirname(line));
      files.set(host, '');
    } else if (line.startsWith(' ') && host !== undefined) {
      files.set(host, `${files.get(host) ?? ''}${line.slice(1)}\n`);
    }
  }
  return files;
}

/** Writes a hosts.toml as a whole; containerd reads it again at every pull. */
export async function writeHostsFile(
  machines: NodeMachines,
  node: string,
  { host, text }: { readonly host: string; readonly text: string },
  signal: AbortSignal,
): Promise<void> {
  const script = 'mkdir -p "$(dirname "$1")" && cat > "$1.partial" && mv "$1.partial" "$1"';
  await machines.run(node, ['sh', '-c', script, 'sh', hostsFilePath(host)], { stdin: text, signal });
}

export async function removeHostsFile(
  machines: NodeMachines,
  node: string,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  // Whatever else lies in the folder is not ours.
  const script = 'rm -f "$1" && { rmdir "$(dirname "$1")" 2>/dev/null || true; }';
  await machines.run(node, ['sh', '-c', script, 'sh', hostsFilePath(host)], { signal });
}

export function hostsFilePath(host: string): string {
  return `${folder}/${host}/hosts.toml`;
}
