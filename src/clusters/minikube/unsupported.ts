import type { LocalSettings } from '../../environment/environment.js';
import { knownMinors } from '../kind/node-image.js';
import { kubernetesVersion } from './start-arguments.js';

/** minikube's network has the pods' addresses fixed in its manifest (pkg/minikube/cni). */
const ownPodSubnet = '10.244.0.0/16';

/** Why minikube cannot make what the environment wants; `undefined` when it can. */
export function unsupportedBy(local: LocalSettings): string | undefined {
  if (kubernetesVersion(local.kubernetes) === undefined) {
    return `minikube is known to make Kubernetes ${knownMinors.join(', ')} here, not ${local.kubernetes} (local.kubernetes)`;
  }
  // Its only node takes pods as one worker of kind does.
  if (local.workers > 1) {
    return `minikube publishes the ports of the ingress from each node, so a second one cannot start (kubernetes/minikube#16766): local.workers is ${String(local.workers)}, at most 1 is possible; kind can have more`;
  }
  if (local.cni === 'default' && local.subnets.pods !== ownPodSubnet) {
    return `minikube's own pod network has the addresses ${ownPodSubnet}, not ${local.subnets.pods} (local.subnets.pods); with local.cni: calico they can be others`;
  }
  return undefined;
}
