import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asset, environmentState, pathsFrom } from '../src/paths.js';

describe('the places outside the working directory', () => {
  it('are below the home folder', () => {
    expect(pathsFrom({}, '/home/me')).toEqual({
      state: '/home/me/.local/state/platform',
      cache: '/home/me/.cache/platform',
      data: '/home/me/.local/share/platform',
      kubeconfig: '/home/me/.kube/config',
    });
  });

  it('are where the XDG variables say', () => {
    const variables = { XDG_STATE_HOME: '/state', XDG_CACHE_HOME: '/cache', XDG_DATA_HOME: '/data' };
    expect(pathsFrom(variables, '/home/me')).toMatchObject({
      state: '/state/platform',
      cache: '/cache/platform',
      data: '/data/platform',
    });
  });

  it('are as if a variable were not set when it is empty', () => {
    expect(pathsFrom({ XDG_STATE_HOME: '', KUBECONFIG: '' }, '/home/me')).toEqual(pathsFrom({}, '/home/me'));
  });

  it.each([
    ['/a', '/a'],
    ['/a:/b', '/a'],
    [':/b:/c', '/b'],
    [':', '/home/me/.kube/config'],
  ])('have for KUBECONFIG=%s the first file, as kubectl writes to it: %s', (KUBECONFIG, kubeconfig) => {
    expect(pathsFrom({ KUBECONFIG }, '/home/me').kubeconfig).toBe(kubeconfig);
  });

  it('are one folder of the state for each environment', () => {
    expect(environmentState(pathsFrom({}, '/home/me'), 'shop')).toBe('/home/me/.local/state/platform/shop');
  });
});

describe('what is shipped with the product', () => {
  it('is found from wherever the program runs', () => {
    expect(existsSync(asset('assets/blueprints'))).toBe(true);
    expect(existsSync(asset('package.json'))).toBe(true);
  });
});
