import type { EngineName } from '../../containers/engine.js';
import type { LocalSettings } from '../../environment/environment.js';
import type { ServedPorts } from '../cluster.js';
import { pinnedImage, versionInTag } from '../kind/node-image.js';

/**
 * The Kubernetes version for a minor version: the one of kind's node image, so that both make the same cluster;
 * minikube itself would ask the internet for the newest patch.
 */
export function kubernetesVersion(minor: string): string | undefined {
  const image = pinnedImage(minor);
  return image === undefined ? undefined : versionInTag(image);
}

export interface StartOptions {
  readonly profile: string;
  readonly engine: EngineName;
  readonly local: LocalSettings;
  readonly ports: ServedPorts;
  /** Full version, such as `1.36.4`. */
  readonly kubernetes: string;
}

/** What every start is told; a profile that is there already keeps everything else. */
export function restartArguments(profile: string): string[] {
  return [
    'start',
    `--profile=${profile}`,
    '--output=json',
    '--interactive=false',
    // Without a pod network no node gets ready, and no system pod either; other steps wait for those.
    '--wait=apiserver',
    '--embed-certs',
    // A half-made cluster is kept to be looked at.
    '--delete-on-failure=false',
  ];
}

/** What makes a new profile. */
export function startArguments({ profile, engine, local, ports, kubernetes }: StartOptions): string[] {
  const { size, subnets, cni, nodeImage } = local;
  return [
    ...restartArguments(profile),
    `--driver=${engine}`,
    // Otherwise minikube would ask `sudo podman`, whose containers the user's own podman does not see.
    ...(engine === 'podman' ? ['--rootless'] : []),
    '--container-runtime=containerd',
    `--kubernetes-version=v${kubernetes}`,
    '--nodes=1',
    // As with kind, a node has what the engine has, unless the environment says less.
    `--cpus=${size.cpus === undefined ? 'no-limit' : String(size.cpus)}`,
    `--memory=${size.memory ?? 'no-limit'}`,
    `--ports=127.0.0.1:${String(ports.http)}:80`,
    `--ports=127.0.0.1:${String(ports.https)}:443`,
    // With `--cni=false` alone the node would use the bridge that its image comes with, and be ready too early.
    ...(cni === 'default' ? [] : ['--cni=false', '--network-plugin=cni']),
    `--extra-config=kubeadm.pod-network-cidr=${subnets.pods}`,
    `--service-cluster-ip-range=${subnets.services}`,
    // As in kind/cluster.yaml: Prometheus asks these programs over the network. kube-proxy listens there by itself.
    '--extra-config=controller-manager.bind-address=0.0.0.0',
    '--extra-config=scheduler.bind-address=0.0.0.0',
    '--extra-config=etcd.listen-metrics-urls=http://0.0.0.0:2381',
    ...(nodeImage === undefined ? [] : [`--base-image=${nodeImage}`]),
  ];
}
