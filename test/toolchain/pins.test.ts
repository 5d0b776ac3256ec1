import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import {
  bundledPins,
  isBrought,
  pinOf,
  platforms,
  pinsSchema,
  toolNameFrom,
  toolNames,
  versionIn,
} from '../../src/toolchain/pins.js';

const pins = Object.entries(bundledPins().tools);

describe('the bundled pins', () => {
  it('have every tool, for every platform, and a way to build it', () => {
    expect(pins.map(([name]) => name)).toEqual([...toolNames]);
    for (const [name, pin] of pins) {
      // What is published of hey has neither version nor checksum; autocannon is a package of npm.
      const isPublished = !['hey', 'autocannon'].includes(name);
      expect(Object.keys(pin.downloads), name).toEqual(isPublished ? [...platforms] : []);
      // The sources of minikube are no module that can be had by itself; oha is written in Rust.
      expect(pin.build !== undefined, name).toBe(!['minikube', 'oha', 'autocannon'].includes(name));
    }
  });

  it('say how people install what cannot be brought', () => {
    const foreign = pins.filter(([, pin]) => !isBrought(pin));
    expect(foreign.map(([name, { install }]) => [name, install])).toEqual([
      ['autocannon', 'npm install --global autocannon@9.0.0'],
    ]);
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
      // Some projects name their files as `uname` does.
      const url = download.url.toLowerCase().replace('x86_64', 'amd64').replace('macos', 'darwin');
      expect(url.replace(os, '').includes(architecture), download.url).toBe(true);
      expect(url).toContain(os);
    }
  });

  it.each(pins.filter(([, { build }]) => build))('build %s at the version that is downloaded', (_, pin) => {
    // Prometheus 3.14.0 is the module's v0.314.0: a v3 would need another module path.
    const isPrometheus = pin.build?.module === 'github.com/prometheus/prometheus';
    const [major = '', minor = '', patch = ''] = pin.version.split('.');
    expect(pin.build?.version).toBe(
      isPrometheus ? `v0.${String(Number(major) * 100 + Number(minor))}.${patch}` : `v${pin.version}`,
    );
    expect(pin.build?.package.startsWith(pin.build.module)).toBe(true);
  });

  it('have programs of one module share its version and what the linker is told, so that they are built at once', () => {
    const { prometheus, promtool, alertmanager, amtool } = bundledPins().tools;
    expect(promtool?.build).toEqual({ ...prometheus?.build, package: 'github.com/prometheus/prometheus/cmd/promtool' });
    expect(amtool?.build).toEqual({ ...alertmanager?.build, package: 'github.com/prometheus/alertmanager/cmd/amtool' });
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
    ['prometheus', 'prometheus, version 3.14.0 (branch: HEAD, revision: 0)\n  platform: linux/amd64', '3.14.0'],
    ['promtool', 'promtool, version 3.14.0 (branch: HEAD, revision: 0)', '3.14.0'],
    ['alertmanager', 'alertmanager, version 0.34.1 (branch: HEAD, revision: 0)', '0.34.1'],
    ['amtool', 'amtool, version 0.34.1 (branch: HEAD, revision: 0)', '0.34.1'],
    ['kube-state-metrics', 'kube-state-metrics, version 2.18.0 (branch: HEAD, revision: 0)', '2.18.0'],
    ['oha', 'oha 1.15.0', '1.15.0'],
    ['autocannon', 'autocannon v9.0.0\nnode v20.20.2', '9.0.0'],
  ] as const)('understand how %s says its version', (name, output, version) => {
    expect(versionIn(output, pinOf(bundledPins(), name))).toBe(version);
  });

  it.each([
    ['-U  User-Agent, defaults to version "hey/0.0.1".\n  -disable-redirects    Disable following', '0.1.5'],
    ['-a  Basic authentication, username:password.\n  -disable-redirects    Disable following', '0.1.4'],
    ['Usage: hey you', undefined],
  ])('tell versions of hey, which says none, by its help', (help, version) => {
    expect(versionIn(`  ${help}`, pinOf(bundledPins(), 'hey'))).toBe(version);
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
