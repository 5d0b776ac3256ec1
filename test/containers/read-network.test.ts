import { describe, expect, it } from 'vitest';
import { readNetworks } from '../../src/containers/read-network.js';
import { recorded } from './recorded.js';

describe('reading a network', () => {
  it('finds its subnets and containers', async () => {
    expect(readNetworks(await recorded('network.json'), [])).toEqual([
      { name: 'net', subnets: ['172.29.0.0/16'], containers: ['web'] },
    ]);
  });

  it('puts subnets of IPv4 first, as kind does not', () => {
    const config = [{ Subnet: 'fc00:f853:ccd:e793::/64' }, { Subnet: '172.18.0.0/16' }];
    const [network] = readNetworks(JSON.stringify([{ Name: 'kind', IPAM: { Config: config } }]), []);
    expect(network?.subnets).toEqual(['172.18.0.0/16', 'fc00:f853:ccd:e793::/64']);
  });

  it("reads Podman's, which does not name the containers", async () => {
    expect(readNetworks(await recorded('network.json', 'podman'), ['b', 'a'])).toEqual([
      { name: 'net', subnets: ['172.30.0.0/16'], containers: ['a', 'b'] },
    ]);
  });
});
