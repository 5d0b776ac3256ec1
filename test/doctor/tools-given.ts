import type { Network } from '../../src/network.js';
import type { Reachability } from '../../src/reachability.js';
import type { Go } from '../../src/toolchain/go.js';
import type { Pin, Pins, ToolName } from '../../src/toolchain/pins.js';
import type { Tool } from '../../src/toolchain/tool.js';
import type { Toolchain } from '../../src/toolchain/toolchain.js';

/** Pins of helm alone, downloaded from two hosts and buildable. */
export function helmPins(more: Partial<Pin> = {}): Pins {
  const helm: Pin = {
    version: '4.3.1',
    accepts: '>=4.3.0 <5',
    ask: { arguments: 'version', answer: 'v(.*)' },
    downloads: {
      'linux/amd64': {
        url: 'https://get.helm.example/helm',
        checksum: { format: 'single', url: 'https://sums.helm.example/helm.sha256' },
      },
    },
    build: { module: 'helm', version: 'v4.3.1', package: 'helm', variables: {}, packages: 900, seconds: 91 },
    ...more,
  };
  return { go: '1.26.0', tools: { helm } };
}

export const helm: Tool = { name: 'helm', version: '4.3.2', path: '/usr/bin/helm', source: 'path' };

export function toolchainWith(pins: Pins, ...here: Tool[]): Pick<Toolchain, 'find' | 'pins'> {
  return { pins, find: (name: ToolName) => Promise.resolve(here.find((tool) => tool.name === name)) };
}

/** A network in which these hosts are dead; it remembers whom it was asked for. */
export function networkWithout(...dead: string[]): Pick<Network, 'reachable'> & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    reachable: (url): Promise<Reachability> => {
      const { host } = new URL(url);
      asked.push(host);
      return Promise.resolve(
        dead.includes(host) ? { reachable: false, reason: 'it refused the connection' } : { reachable: true },
      );
    },
  };
}

export const go: Go = { path: '/usr/local/go/bin/go', version: '1.26.8', env: {}, offline: undefined };
