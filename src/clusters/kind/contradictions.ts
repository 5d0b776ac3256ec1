import type { LocalSettings } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ServedPorts } from '../cluster.js';
import type { Configuration } from './user-configuration.js';

interface Both {
  /** Absolute path of the user's kind configuration. */
  readonly file: string;
  readonly own: Configuration;
  readonly local: LocalSettings;
  readonly ports: ServedPorts;
}

/** @throws PlatformError `usage` that names what the user's kind configuration says and what the environment says */
export function refuseContradictions({ file, own, local, ports }: Both): void {
  const refuse = (theirs: string, ours: string, fix: string) => {
    throw new PlatformError('usage', `${theirs} in ${file} contradicts ${ours}`, {
      suggestions: [fix, 'or take it out of the kind configuration'],
      facts: { file },
    });
  };
  const { ipFamily, podSubnet, serviceSubnet, disableDefaultCNI } = own.networking ?? {};
  if (ipFamily !== undefined && ipFamily !== 'ipv4') {
    refuse(`networking.ipFamily ${ipFamily}`, `the IPv4 subnets of local.subnets`, 'environments are IPv4 only');
  }
  if (podSubnet !== undefined && podSubnet !== local.subnets.pods) {
    refuse(
      `networking.podSubnet ${podSubnet}`,
      `local.subnets.pods ${local.subnets.pods}`,
      `set local.subnets.pods: ${podSubnet}`,
    );
  }
  if (serviceSubnet !== undefined && serviceSubnet !== local.subnets.services) {
    refuse(
      `networking.serviceSubnet ${serviceSubnet}`,
      `local.subnets.services ${local.subnets.services}`,
      `set local.subnets.services: ${serviceSubnet}`,
    );
  }
  if (disableDefaultCNI !== undefined && disableDefaultCNI === (local.cni === 'default')) {
    refuse(
      `networking.disableDefaultCNI ${String(disableDefaultCNI)}`,
      `local.cni ${local.cni}`,
      `set local.cni: ${disableDefaultCNI ? 'calico' : 'default'}`,
    );
  }
  for (const { image } of own.nodes ?? []) {
    if (image !== undefined && local.nodeImage !== undefined && image !== local.nodeImage) {
      refuse(`the node image ${image}`, `local.nodeImage ${local.nodeImage}`, `set local.nodeImage: ${image}`);
    }
  }
  const served = [
    { key: 'http', hostPort: ports.http, containerPort: 80 },
    { key: 'https', hostPort: ports.https, containerPort: 443 },
  ];
  for (const mapping of (own.nodes ?? []).flatMap(({ extraPortMappings }) => extraPortMappings ?? [])) {
    // The same way for the same port is what most people copied from kind's documentation.
    const other = served.find(
      ({ hostPort, containerPort }) => mapping.hostPort === hostPort && mapping.containerPort !== containerPort,
    );
    if (other) {
      const port = String(other.hostPort);
      refuse(
        `the mapping of port ${port} to ${String(mapping.containerPort)}`,
        `local.ports.${other.key} ${port}, which leads to ${String(other.containerPort)}`,
        `set local.ports.${other.key} to another port`,
      );
    }
  }
}
