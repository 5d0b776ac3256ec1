import { describe, expect, it } from 'vitest';
import { chooseProvider, createProvider, previousProviders } from '../../src/clusters/provider.js';
import type { EngineState } from '../../src/containers/find-engine.js';
import type { Environment, LocalSettings } from '../../src/environment/environment.js';
import { PlatformError } from '../../src/errors.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { systemClock } from '../../src/clock.js';
import { pathsFrom } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';

const wanting = (provider: LocalSettings['provider'], target: Environment['target'] = 'local') => ({
  target,
  local: { ...withoutFile('shop').local, provider },
});

const runningEngine: EngineState = {
  status: 'running',
  name: 'docker',
  version: '28.1.1',
  system: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0',
  cgroup: '2',
  memoryBytes: 8 * 1024 ** 3,
  cpus: 4,
  isRootless: false,
  security: [],
  root: '/var/lib/docker',
};

describe('choosing a provider', () => {
  const unasked = () => Promise.reject(new Error('nobody had to look for an engine'));
  const found = (state: EngineState) => () => Promise.resolve(state);

  it('takes the one that is asked for, even when the environment was begun with another', async () => {
    expect(await chooseProvider(wanting('kind'), undefined, unasked)).toEqual({ name: 'kind', reason: 'asked for' });
    expect(await chooseProvider(wanting('embedded'), 'kind', unasked)).toEqual({
      name: 'embedded',
      reason: 'asked for',
    });
  });

  it('keeps the one that the environment was begun with', async () => {
    expect(await chooseProvider(wanting('auto'), 'minikube', unasked)).toEqual({
      name: 'minikube',
      reason: 'the environment was begun with it',
    });
  });

  it('takes kind where a container engine answers', async () => {
    expect(await chooseProvider(wanting('auto'), undefined, found(runningEngine))).toEqual({
      name: 'kind',
      reason: 'docker answers',
    });
  });

  it('takes what every machine can have where none does, and says why', async () => {
    expect(await chooseProvider(wanting('auto'), undefined, found({ status: 'absent' }))).toEqual({
      name: 'embedded',
      reason: 'there is no container engine here',
    });
    const silent = { status: 'silent', name: 'docker', reason: 'it says nothing' } as const;
    expect(await chooseProvider(wanting('auto'), 'eks', found(silent))).toEqual({
      name: 'embedded',
      reason: 'no container engine answers: it says nothing',
    });
  });

  it('takes EKS for the target aws, whatever the local settings are', async () => {
    expect(await chooseProvider(wanting('kind', 'aws'), 'embedded', unasked)).toEqual({
      name: 'eks',
      reason: 'the target is aws',
    });
  });
});

describe('the providers that an environment was on before', () => {
  it('are none for a new one, and for one that stays where it is', () => {
    expect(previousProviders(undefined, 'kind')).toEqual([]);
    expect(previousProviders({ provider: 'kind' }, 'kind')).toEqual([]);
  });

  it('are the one it was begun with when another is chosen', () => {
    expect(previousProviders({ provider: 'embedded' }, 'kind')).toEqual(['embedded']);
  });

  it('are still those whose removal was cut short, however often it changes', () => {
    expect(previousProviders({ provider: 'kind', previous: ['embedded'] }, 'kind')).toEqual(['embedded']);
    expect(previousProviders({ provider: 'kind', previous: ['embedded'] }, 'minikube')).toEqual(['embedded', 'kind']);
    expect(previousProviders({ provider: 'kind', previous: ['embedded'] }, 'embedded')).toEqual(['kind']);
  });
});

describe('creating a provider', () => {
  const ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, '/nowhere'),
    variables: {},
  };
  const create = (name: Parameters<typeof createProvider>[0]) =>
    createProvider(name, withoutFile('shop'), ports, {
      toolchain: createToolchain(ports),
      engine: () => Promise.reject(new Error('nothing asks the engine yet')),
    });

  it.each(['kind', 'minikube', 'embedded'] as const)('gives the one of that name: %s', (name) => {
    expect(create(name).name).toBe(name);
  });

  it('refuses EKS, which this version does not have, and says what it has', () => {
    expect(() => create('eks')).toThrow(PlatformError);
    expect(() => create('eks')).toThrow('this version cannot build on eks yet');
    expect(() => create('eks')).toThrow(
      expect.objectContaining({
        code: 'usage',
        suggestions: [expect.stringContaining('kind, minikube, embedded') as string],
      }),
    );
  });
});
