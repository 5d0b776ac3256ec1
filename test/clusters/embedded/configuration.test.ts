import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  components,
  kwokctlConfiguration,
  portOptions,
  type Component,
} from '../../../src/clusters/embedded/configuration.js';

const binaries = Object.fromEntries(Object.keys(components).map((name) => [name, `/bin/${name}`])) as Record<
  Component,
  string
>;
const ports = portOptions.map((_, index) => 20_000 + index);
const { options, componentsPatches } = kwokctlConfiguration(binaries, ports) as {
  options: Record<string, unknown> & { metricsServerManifests: string[] };
  componentsPatches: { name: string; extraArgs: { key: string; value: string }[] }[];
};

describe('the configuration of an embedded control plane', () => {
  it('listens on this machine only', () => {
    expect(options['bindAddress']).toBe('127.0.0.1');
  });

  it('names a binary and a port for everything, so that kwokctl downloads and chooses nothing', () => {
    const values = Object.values(options);
    expect(values.filter((value) => typeof value === 'string' && value.startsWith('/bin/')).sort()).toEqual(
      Object.values(binaries).sort(),
    );
    expect(values.filter((value) => typeof value === 'number').sort()).toEqual(ports);
    expect(options.metricsServerManifests.every((folder) => existsSync(`${folder}/kustomization.yaml`))).toBe(true);
  });

  it('calls no webhook, lets claims bind, and plays pods soon after a start', () => {
    expect(Object.fromEntries(componentsPatches.map(({ name, extraArgs }) => [name, extraArgs]))).toEqual({
      'kube-apiserver': [
        { key: 'disable-admission-plugins', value: 'MutatingAdmissionWebhook,ValidatingAdmissionWebhook' },
      ],
      'kube-controller-manager': [
        { key: 'enable-hostpath-provisioner', value: 'true' },
        { key: 'leader-elect', value: 'false' },
      ],
      'kube-scheduler': [{ key: 'leader-elect', value: 'false' }],
      'kwok-controller': [{ key: 'node-lease-duration-seconds', value: '10' }],
    });
  });
});
