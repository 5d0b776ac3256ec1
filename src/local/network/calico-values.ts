import type { Values } from '../../environment/environment.js';

/**
 * The layer of values of the release `calico` that depends on the cluster: its address pool, which must be the one the
 * cluster gives pods addresses from and cannot be changed afterwards, and how packets get from node to node.
 *
 * VXLAN between subnets needs no BGP: within one network, as that of the container engine, Felix writes plain routes by
 * itself. Without encapsulation it is BIRD that writes the routes, so the operator refuses a pool without one while BGP
 * is off (tigera/operator, pkg/controller/ippool/validation.go).
 * @param pods in CIDR notation
 * @param vxlan whether the kernel under the nodes can do it, see `hasVxlan`
 */
export function calicoValues({ pods, vxlan }: { readonly pods: string; readonly vxlan: boolean }): Values {
  const pool = {
    cidr: pods,
    encapsulation: vxlan ? 'VXLANCrossSubnet' : 'None',
    natOutgoing: 'Enabled',
    nodeSelector: 'all()',
  };
  return { installation: { calicoNetwork: { bgp: vxlan ? 'Disabled' : 'Enabled', ipPools: [pool] } } };
}
