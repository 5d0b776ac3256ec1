import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { bundledPins, platforms, pinsSchema, toolNameFrom, toolNames } from '../../src/toolchain/pins.js';

const pins = Object.entries(bundledPins().tools);

describe('the bundled pins', () => {
  it('have every tool, for every platform, and a way to build it', () => {
    expect(pins.map(([name]) => name)).toEqual([...toolNames]);
    for (const [name, pin] of pins) {
      expect(Object.keys(pin.downloads), name).toEqual([...platforms]);
      // The sources of minikube are no module that can be had by itself.
      expect(pin.build !== undefined, name).toBe(name !== 'minikube');
    }
  });

  it.each(pins)('would take the pinned version of %s on PATH', (_, pin) => {
    expect(satisfies(pin.version, pin.accepts)).toBe(true);
  });

  it.each(pins)('name the version and the platform in every URL of %s, over https only', (name, pin) => {
    for (const [platform, download] of Object.entries(pin.downloads)) {
      const [os = '', architecture = ''] = platform.split('/');
      expect(download.url).toMatch(/^https:/);
      expect(download.checksum.url).toMatch(/^https:/);
      expect(download.url, name).toContain(`v${pin.version}`);
      expect(download.url.replace(os, '').includes(architecture), download.url).toBe(true);
      expect(download.url).toContain(os);
    }
  });

  it.each(pins.filter(([, { build }]) => build))('build %s at the version that is downloaded', (_, pin) => {
    expect(pin.build?.version).toBe(`v${pin.version}`);
    expect(pin.build?.package.startsWith(pin.build.module)).toBe(true);
  });

  it('say who built what its project does not publish', () => {
    const tools = bundledPins().tools;
    expect(tools['kube-apiserver']?.downloads['darwin/arm64']?.unofficial).toBe('kwok-ci');
    expect(tools['kube-apiserver']?.downloads['linux/amd64']?.unofficial).toBeUndefined();
  });

  it.each([
    ['helm', 'v4.3.1+gabcdef', '4.3.1'],
    ['kubectl', 'Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0', '1.32.4'],
    ['kwokctl', 'kwokctl version v0.8.0 go1.26.8 (linux/amd64)', '0.8.0'],
    ['etcd', 'etcd Version: 3.7.3\nGit SHA: 0', '3.7.3'],
    ['kube-scheduler', 'Kubernetes v1.36.3', '1.36.3'],
    ['metrics-server', 'v0.9.0', '0.9.0'],
  ] as const)('understand how %s says its version', (name, output, version) => {
    const { answer = '' } = bundledPins().tools[name]?.ask ?? {};
    expect(new RegExp(answer, 'm').exec(output)?.[1]).toBe(version);
  });
});

describe('reading pins', () => {
  it('refuses a sum that is none', () => {
    const text = JSON.stringify(bundledPins()).replace('"checksum":', '"sha256": "unknown", "checksum":');
    expect(pinsSchema.safeParse(JSON.parse(text)).error?.issues[0]?.message).toContain('a SHA-256');
  });

  it('names the tools when there is none of a name', () => {
    expect(toolNameFrom('helm')).toBe('helm');
    expect(() => toolNameFrom('helmm')).toThrow('there is no tool called helmm');
  });
});
