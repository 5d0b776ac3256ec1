import { createHash } from 'node:crypto';
import type { NodeMachines } from '../../src/clusters/cluster.js';

export interface FakeNode {
  /** What is in /usr/local/share/ca-certificates, by file name. */
  readonly files: Map<string, string>;
  /** Seconds since the epoch. */
  bundleAt: number;
  containerdAt: number;
  /** What the bundle held when containerd started. */
  trusted: readonly string[];
  /** The scripts it ran but the looks, shortened to their first line. */
  readonly ran: string[];
  /** How often it was looked at. */
  looks: number;
}

/** Nodes that do what the scripts ask of a Debian 12 node with systemd, on a clock of their own. */
export function fakeNodes(...names: string[]): NodeMachines & { readonly node: (name: string) => FakeNode } {
  let time = 1_795_283_338;
  const nodes = new Map<string, FakeNode>(
    names.map((name) => [
      name,
      { files: new Map<string, string>(), bundleAt: time, containerdAt: time + 100, trusted: [], ran: [], looks: 0 },
    ]),
  );
  time += 1000;
  const node = (name: string) => {
    const found = nodes.get(name);
    if (!found) throw new Error(`no such container: ${name}`);
    return found;
  };
  return {
    network: 'kind',
    node,
    names: () => Promise.resolve(names),
    run(name, [shell, flag, script = '', , path = ''], { stdin } = {}) {
      const at = node(name);
      if (shell !== 'sh' || flag !== '-c') throw new Error(`unexpected: ${String(shell)}`);
      if (script.includes('sha256sum platform-*.crt')) {
        at.looks += 1;
        return Promise.resolve(lookOf(at));
      }
      at.ran.push(script);
      time += 10;
      if (script.includes('rm -f platform-*.crt')) for (const file of [...at.files.keys()]) at.files.delete(file);
      if (script === 'cat > "$1"') at.files.set(path.replace('/usr/local/share/ca-certificates/', ''), stdin ?? '');
      if (script.startsWith('update-ca-certificates')) at.bundleAt = time;
      if (script.includes('systemctl restart containerd')) {
        at.containerdAt = time;
        at.trusted = [...at.files.values()];
      }
      return Promise.resolve('');
    },
  };
}

function lookOf({ files, bundleAt, containerdAt }: FakeNode): string {
  const digests = [...files].map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}`);
  return [...digests, `bundle ${String(bundleAt)}`, `containerd ${String(containerdAt)}`, ''].join('\n');
}
