import { describe, expect, it } from 'vitest';
import { planTool } from '../../src/doctor/tool-plan.js';
import { PlatformError } from '../../src/errors.js';
import type { Go } from '../../src/toolchain/go.js';
import type { Pin } from '../../src/toolchain/pins.js';
import { go, helm, helmPins, networkWithout, toolchainWith } from './tools-given.js';

interface Given {
  readonly pin?: Partial<Pin>;
  readonly dead?: readonly string[];
  readonly go?: Promise<Go>;
  readonly platform?: 'linux/amd64' | 'darwin/arm64';
}

function plan({ pin, dead = [], go: found = Promise.resolve(go), platform = 'linux/amd64' }: Given) {
  const options = {
    toolchain: toolchainWith(helmPins(pin)),
    network: networkWithout(...dead),
    platform,
    go: found,
  };
  return planTool('helm', options, new AbortController().signal);
}

function noGo(): Promise<Go> {
  const missing = Promise.reject(new PlatformError('prerequisite', 'there is no go on PATH'));
  missing.catch(() => undefined);
  return missing;
}

describe('how a tool will come here', () => {
  it('is not a question when it is here; the network is left alone', async () => {
    const network = networkWithout();
    const toolchain = toolchainWith(helmPins(), helm);
    const options = { toolchain, network, platform: 'linux/amd64' as const, go: noGo() };
    expect(await planTool('helm', options, new AbortController().signal)).toEqual({ way: 'here', tool: helm });
    expect(network.asked).toEqual([]);
  });

  it('is a download when the hosts of the file and of its checksum answer', async () => {
    expect(await plan({})).toEqual({ way: 'download', host: 'get.helm.example', unofficial: undefined });
  });

  it.each(['get.helm.example', 'sums.helm.example'])('is a build when %s does not answer', async (dead) => {
    expect(await plan({ dead: [dead] })).toEqual({
      way: 'build',
      go,
      seconds: 91,
      notDownloaded: `${dead}: it refused the connection`,
    });
  });

  it('is a build where the publisher has none for this platform', async () => {
    expect(await plan({ platform: 'darwin/arm64' })).toMatchObject({
      way: 'build',
      notDownloaded: 'its publisher has no download for darwin/arm64',
    });
  });

  it('is unknown without the host and without Go, with both reasons', async () => {
    expect(await plan({ dead: ['get.helm.example'], go: noGo() })).toEqual({
      way: 'none',
      reasons: ['get.helm.example: it refused the connection', 'there is no go on PATH'],
    });
  });

  it('is unknown without the host for a tool that cannot be built', async () => {
    expect(await plan({ dead: ['get.helm.example'], pin: { build: undefined } })).toMatchObject({ way: 'none' });
  });
});
