import { describe, expect, it } from 'vitest';
import { calicoValues } from '../../../src/local/network/calico-values.js';

const values = (vxlan: boolean) => calicoValues({ pods: '10.244.0.0/16', vxlan });
const network = (calicoNetwork: object) => ({ installation: { calicoNetwork } });

describe('the values of Calico that depend on the cluster', () => {
  it('give pods the addresses that the cluster was made with', () => {
    const pool = { cidr: '10.244.0.0/16', natOutgoing: 'Enabled', nodeSelector: 'all()' };
    expect(values(true)).toMatchObject(network({ ipPools: [pool] }));
    expect(values(false)).toMatchObject(network({ ipPools: [pool] }));
  });

  it('need no BGP where packets can be wrapped', () => {
    const wrapped = { bgp: 'Disabled', ipPools: [{ encapsulation: 'VXLANCrossSubnet' }] };
    expect(values(true)).toMatchObject(network(wrapped));
  });

  it('let BGP spread the routes where they cannot', () => {
    expect(values(false)).toMatchObject(network({ bgp: 'Enabled', ipPools: [{ encapsulation: 'None' }] }));
  });
});
