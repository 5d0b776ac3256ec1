import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/check.js';
import type { ToolPlan } from '../../src/doctor/tool-plan.js';
import { tools } from '../../src/doctor/tools.js';
import type { Pin, ToolName } from '../../src/toolchain/pins.js';
import { examined } from './examined.js';
import { go, helm, helmPins } from './tools-given.js';

async function find(plan: ToolPlan, needed: readonly ToolName[] = ['helm'], pin: Partial<Pin> = {}): Promise<Finding> {
  const options = { pins: helmPins(pin), platform: 'linux/amd64', needed: new Set(needed) } as const;
  const [examination] = tools(['helm'], { ...options, plan: () => Promise.resolve(plan) });
  if (!examination) throw new Error('helm is not examined');
  expect(examination.name).toBe('tool helm');
  return examined(examination);
}

describe('what is said of a tool', () => {
  it('is its version and place when it is here', async () => {
    expect(await find({ way: 'here', tool: helm })).toEqual({
      status: 'ok',
      detail: 'helm 4.3.2 from PATH: /usr/bin/helm',
    });
  });

  it('is where it will be downloaded from, and who built it', async () => {
    const { status, detail } = await find({ way: 'download', host: 'github.com', unofficial: 'kwok-ci' });
    expect(status).toBe('ok');
    expect(detail).toContain('downloaded from github.com, an unofficial build by kwok-ci');
  });

  it('is how long it will take to build', async () => {
    const { status, detail } = await find({ way: 'build', go, seconds: 91, notDownloaded: 'get.helm.sh: silent' });
    expect(status).toBe('ok');
    expect(detail).toContain('built with Go 1.26.8, about 91 s on two cores (get.helm.sh: silent)');
  });

  it('is a warning when it can be built only from what is on this machine', async () => {
    const offline = { ...go, offline: 'the module proxy cannot be reached' };
    const finding = await find({ way: 'build', go: offline, seconds: 91, notDownloaded: 'get.helm.sh: silent' });
    expect(finding).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('the module proxy cannot be reached') as string,
    });
  });

  it('blocks when it cannot be had, with every way out', async () => {
    const finding = await find({ way: 'none', reasons: ['get.helm.sh: silent', 'there is no go on PATH'] });
    expect(finding).toMatchObject({ status: 'blocking', detail: expect.stringContaining('there is no go') as string });
    expect(finding.fix).toEqual([
      'put helm >=4.3.0 <5 on PATH',
      'or let this machine reach get.helm.example (HTTPS_PROXY, NO_PROXY)',
      'or install Go 1.26.0 or newer (https://go.dev/dl), from which it can be built',
    ]);
  });

  it('is a mere warning when nothing needs it', async () => {
    expect((await find({ way: 'none', reasons: ['get.helm.sh: silent'] }, [])).status).toBe('warning');
  });

  it('is how people install what nothing needs and no run brings', async () => {
    const pin = { downloads: {}, build: undefined, install: 'npm install --global helm' };
    expect(await find({ way: 'none', reasons: ['no download of it is pinned'] }, [], pin)).toEqual({
      status: 'ok',
      detail: '4.3.1 is not on PATH, and `up` does without it; where it is wanted: npm install --global helm',
    });
    const { status, fix } = await find({ way: 'none', reasons: ['no download of it is pinned'] }, ['helm'], pin);
    expect({ status, fix }).toEqual({
      status: 'blocking',
      fix: ['put helm >=4.3.0 <5 on PATH: npm install --global helm'],
    });
  });
});
