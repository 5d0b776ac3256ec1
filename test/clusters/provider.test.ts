import { describe, expect, it } from 'vitest';
import { chooseProvider, createProvider, previousProviders } from '../../src/clusters/provider.js';
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

describe('choosing a provider', () => {
  it('takes the one that is asked for, even when the environment was begun with another', () => {
    expect(chooseProvider(wanting('kind'), undefined)).toEqual({ name: 'kind', reason: 'asked for' });
    expect(chooseProvider(wanting('embedded'), 'kind')).toEqual({ name: 'embedded', reason: 'asked for' });
  });

  it('keeps the one that the environment was begun with', () => {
    expect(chooseProvider(wanting('auto'), 'minikube')).toEqual({
      name: 'minikube',
      reason: 'the environment was begun with it',
    });
  });

  it('takes what every machine can have where nothing says more', () => {
    expect(chooseProvider(wanting('auto'), undefined).name).toBe('embedded');
    expect(chooseProvider(wanting('auto'), 'eks').name).toBe('embedded');
  });

  it('takes EKS for the target aws, whatever the local settings are', () => {
    expect(chooseProvider(wanting('kind', 'aws'), 'embedded')).toEqual({ name: 'eks', reason: 'the target is aws' });
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
    createProvider(name, withoutFile('shop'), ports, createToolchain(ports));

  it('gives the one of that name', () => {
    expect(create('embedded').name).toBe('embedded');
  });

  it.each(['kind', 'minikube', 'eks'] as const)(
    'refuses %s, which this version does not have, and says what it has',
    (name) => {
      expect(() => create(name)).toThrow(PlatformError);
      expect(() => create(name)).toThrow(`this version cannot build on ${name} yet`);
      expect(() => create(name)).toThrow(
        expect.objectContaining({ code: 'usage', suggestions: [expect.stringContaining('--provider embedded')] }),
      );
    },
  );
});
