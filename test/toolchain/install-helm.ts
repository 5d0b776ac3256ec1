import { createToolchain } from '../../src/toolchain/toolchain.js';
import { helmPins, portsIn } from './given.js';

/** Installs helm as a process of its own would: `tsx install-helm.ts CACHE SITE`. */
const [, , cache = '', site = ''] = process.argv;
const toolchain = createToolchain(portsIn(cache), { pins: helmPins(site) });
const context = {
  signal: new AbortController().signal,
  progress: ({ message }: { message: string }) => {
    console.log(message);
  },
};
toolchain.install('helm', context).then(
  (tool) => {
    console.log(`installed ${tool.path}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
