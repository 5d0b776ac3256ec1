import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { Environment } from '../../src/environment/environment.js';
import { defaultLocalSettings } from '../../src/environment/settings.js';
import type { Network } from '../../src/network.js';
import { pathsFrom } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import { pinsSchema } from '../../src/toolchain/pins.js';
import { doctor, type DoctorOptions } from '../../src/usecases/doctor.js';
import { fakeProvider } from '../clusters/fake-provider.js';
import { helm, helmPins, networkWithout, toolchainWith } from '../doctor/tools-given.js';
import { release } from '../releases/release.js';
import { monitoredHere } from './opened.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

const environment: Environment = {
  name: 'shop',
  target: 'local',
  blueprint: undefined,
  domain: 'shop.localhost',
  protect: false,
  local: {
    ...defaultLocalSettings,
    provider: 'embedded',
    ports: { http: { number: 8081, isFixed: true }, https: { number: 8444, isFixed: true } },
    registry: { port: { number: 5002, isFixed: true }, caches: [] },
  },
  aws: undefined,
  images: {},
  releases: [],
  drills: {},
  parts: [],
  namespaces: {},
  secrets: {},
  file: undefined,
};

function given(more: Partial<DoctorOptions> = {}): DoctorOptions {
  const network: Network = {
    ...networkWithout(),
    download: () => Promise.reject(new Error('doctor downloads nothing')),
    text: () => Promise.reject(new Error('doctor downloads nothing')),
    ask: () => Promise.reject(new Error('doctor asks nothing')),
  };
  return {
    environment,
    toolchain: toolchainWith(helmPins(), helm),
    network,
    platform: 'linux/amd64',
    ports: {
      processes: systemProcesses(),
      clock: systemClock,
      paths: pathsFrom({}, folder),
      variables: { PATH: '' },
    },
    ...more,
  };
}

describe('the doctor', () => {
  it('looks at everything an environment relies on, each thing once', async () => {
    const { checks } = await doctor(given());
    const names = checks.map(({ name }) => name).filter((name) => name !== 'inotify');
    expect(names).toEqual([
      'node',
      'tool helm',
      'go',
      'official downloads',
      'charts',
      'container engine',
      'cgroup',
      'proxy',
      'port 8081',
      'port 8444',
      'port 5002',
      'localhost',
      'host names',
      'disk',
      'memory',
      'kubeconfig',
      'state folder',
      'cache folder',
    ]);
    expect(checks.every(({ detail }) => detail !== '')).toBe(true);
  });

  it('looks at the engine more closely where containers are needed', async () => {
    const network = {
      ...given().network,
      reachable: () => Promise.resolve({ reachable: false, reason: 'no' } as const),
    };
    const { checks } = await doctor(given({ need: 'yes', network }));
    const names = checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['container engine', 'engine disk', 'cgroup', 'docker hub', 'proxy']));
    expect(names.includes('kernel modules')).toBe(process.platform === 'linux');
    expect(checks.find(({ name }) => name === 'docker hub')).toMatchObject({
      status: 'ok',
      detail: 'its limit cannot be told: no',
    });
  });

  it.each([
    ['where it monitors the environment on this machine', [release('kube-prometheus-stack')], true, 'blocking'],
    ['but not where the environment has no monitoring', [release('auth')], true, 'warning'],
    ['and not where its pods do that', [release('kube-prometheus-stack')], false, 'warning'],
  ])('needs Prometheus %s', async (_, releases, isHere, status) => {
    const unpublished = { ...helmPins().tools.helm, downloads: {}, build: undefined };
    const pins = pinsSchema.parse({ go: '1.26.0', tools: { ...helmPins().tools, prometheus: unpublished } });
    const provider = fakeProvider(isHere ? { host: await monitoredHere(folder) } : {});
    const options = given({
      ...{ environment: { ...environment, releases }, provider, toolchain: toolchainWith(pins, helm) },
    });
    const { checks } = await doctor(options);
    expect(checks.find(({ name }) => name === 'tool prometheus')?.status).toBe(status);
  });

  it('misses neither Go nor a publisher for what only drills use', async () => {
    const unpublished = { ...helmPins().tools.helm, downloads: {} };
    const tools = { ...helmPins().tools, hey: unpublished, autocannon: { ...unpublished, build: undefined } };
    const reachable = () => Promise.resolve({ reachable: false, reason: 'no' } as const);
    const network = { ...given().network, reachable };
    const toolchain = toolchainWith(pinsSchema.parse({ go: '1.26.0', tools }), helm);

    const { checks, ok } = await doctor(given({ toolchain, network }));

    const found = checks.filter(({ name }) => ['go', 'official downloads'].includes(name));
    expect(found.map(({ status, detail }) => [status, detail.includes('not needed')])).toEqual([
      ['ok', true],
      ['ok', true],
    ]);
    expect(checks.find(({ name }) => name === 'tool hey')?.status).toBe('warning');
    expect(ok).toBe(true);
  });

  it('is content when nothing blocks', async () => {
    const { ok, checks } = await doctor(given());
    expect(checks.filter(({ status }) => status === 'blocking')).toEqual([]);
    expect(ok).toBe(true);
  });

  it('is not when something blocks, and says how to mend it', async () => {
    await mkdir(join(folder, '.kube'));
    await writeFile(join(folder, '.kube', 'config'), 'clusters: [\n');
    const { ok, checks } = await doctor(given());
    expect(ok).toBe(false);
    expect(checks.filter(({ status }) => status === 'blocking')).toMatchObject([
      { name: 'kubeconfig', fix: ['correct the file, or name another one with KUBECONFIG'] },
    ]);
  });

  it('needs no environment', async () => {
    const network = {
      ...given().network,
      reachable: () => Promise.resolve({ reachable: false, reason: 'no' } as const),
    };
    const { checks } = await doctor(given({ environment: undefined, network }));
    const names = checks.map(({ name }) => name);
    expect(names).toContain('container engine');
    expect(names).not.toContain('charts');
    expect(names.filter((name) => name.startsWith('port '))).toEqual([]);
  });

  it('asks for a tool once, however many checks want to know', async () => {
    const asked: string[] = [];
    const toolchain = {
      pins: helmPins(),
      find: (name: string) => {
        asked.push(name);
        return Promise.resolve(undefined);
      },
    };
    const { checks } = await doctor(given({ toolchain }));
    expect(asked).toEqual(['helm']);
    expect(checks.find(({ name }) => name === 'tool helm')?.detail).toContain('downloaded from get.helm.example');
  });

  it('does not wait for a network that never answers', async () => {
    const silent: Network = { ...given().network, reachable: () => new Promise(() => undefined) };
    const { checks } = await doctor(given({ network: silent, toolchain: toolchainWith(helmPins()), budgetMs: 1000 }));
    expect(checks.find(({ name }) => name === 'official downloads')).toMatchObject({
      status: 'warning',
      detail: 'could not be told: no answer within 1.0s',
    });
    expect(checks.find(({ name }) => name === 'disk')?.status).toBe('ok');
  });

  it('changes nothing', async () => {
    await doctor(given());
    expect(await readdir(folder)).toEqual([]);
  });
});
