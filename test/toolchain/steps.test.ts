import { describe, expect, it } from 'vitest';
import { toolSteps } from '../../src/toolchain/steps.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import { contextFor, fakeHelm, helmPins, portsIn, serve, sha256Of, temporaryFolder } from './fixture.js';

describe('the step of a tool', () => {
  it('is needed until the tool is here, and says how it came', async () => {
    const helm = fakeHelm('4.3.1');
    const site = await serve({ '/helm': helm, '/helm.sha256': sha256Of(helm) });
    const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: helmPins(site.url) });
    const [step] = toolSteps(toolchain, ['helm']);

    expect(step).toMatchObject({ id: 'tool/helm', title: 'helm 4.3.1', lane: 'tool', needs: [], onDemand: true });
    expect(await step?.check(contextFor())).toEqual({ status: 'needed', reason: 'not here yet' });
    expect(await step?.apply(contextFor())).toBe('helm 4.3.1 downloaded');
    expect(await step?.check(contextFor())).toEqual({ status: 'satisfied', detail: 'helm 4.3.1 downloaded' });
  });

  it('cannot be made for a tool without a pin', async () => {
    const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: helmPins('http://none') });
    expect(() => toolSteps(toolchain, ['etcd'])).toThrow('no version of etcd is pinned');
  });
});
