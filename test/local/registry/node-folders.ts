import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NodeMachines } from '../../../src/clusters/cluster.js';
import { systemProcesses } from '../../../src/process.js';

const inNode = '/etc/containerd/certs.d';

/** Nodes that are folders: what is run in them is really run, with containerd's folder in theirs. */
export interface NodeFolders {
  readonly machines: NodeMachines;
  /** Programs run so far. */
  readonly runs: () => number;
  /** The text of a host's file in a node; `undefined` without one. */
  read(node: string, host: string): Promise<string | undefined>;
  write(node: string, host: string, text: string): Promise<void>;
  /** What a node is from now on: with nothing written in it. */
  add(node: string): void;
  close(): Promise<void>;
}

export async function nodeFolders(...names: readonly string[]): Promise<NodeFolders> {
  const root = await mkdtemp(join(tmpdir(), 'platform-nodes-'));
  const nodes = [...names];
  const processes = systemProcesses();
  let runs = 0;
  const file = (node: string, host: string) => join(root, node, host, 'hosts.toml');
  return {
    machines: {
      network: 'kind',
      names: () => Promise.resolve(nodes),
      async run(node, command, options = {}) {
        runs += 1;
        const [program = '', ...args] = command.map((word) => word.replaceAll(inNode, join(root, node)));
        return (await processes.run(program, args, options)).stdout;
      },
    },
    runs: () => runs,
    read: (node, host) => readFile(file(node, host), 'utf8').catch(() => undefined),
    async write(node, host, text) {
      await mkdir(dirname(file(node, host)), { recursive: true });
      await writeFile(file(node, host), text);
    },
    add: (node) => nodes.push(node),
    close: () => rm(root, { recursive: true, force: true }),
  };
}
