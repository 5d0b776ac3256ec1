import { describe, expect, it } from 'vitest';
import type { Release, Values } from '../../../src/environment/environment.js';
import { hostsOf } from '../../../src/local/names/served-names.js';

const release = (...layers: Values[]): Release => ({
  name: 'web',
  namespace: 'apps',
  chart: { from: 'bundled', name: 'service', path: '/charts/service' },
  needs: [],
  values: layers.map((values) => ({ origin: 'test', values })),
});

describe('the hosts of an environment', () => {
  it('are the names under its domain in the merged values, once each and sorted', () => {
    const releases = [
      release({ ingress: { hosts: ['web.shop.localhost'] } }, { url: 'https://api.shop.localhost/v1' }),
      release({ ingress: { hosts: ['web.shop.localhost'] } }),
    ];
    expect(hostsOf({ domain: 'shop.localhost', releases })).toEqual(['api.shop.localhost', 'web.shop.localhost']);
  });

  it('are not what a stronger layer has replaced', () => {
    const releases = [release({ host: 'old.shop.localhost' }, { host: 'new.shop.localhost' })];
    expect(hostsOf({ domain: 'shop.localhost', releases })).toEqual(['new.shop.localhost']);
  });

  it('are not names under another domain, however alike', () => {
    const releases = [
      release({ a: 'web.workshop.localhost', b: 'web.shop.localhost.example', c: 'web.shopxlocalhost' }),
    ];
    expect(hostsOf({ domain: 'shop.localhost', releases })).toEqual(['shop.localhost']);
  });

  it('are the domain itself where no release names one', () => {
    expect(hostsOf({ domain: 'shop.localhost', releases: [] })).toEqual(['shop.localhost']);
  });
});
