import type { LocalSettings } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { kindConfiguration } from './configuration.js';
import { knownMinors } from './node-image.js';

/** Why kind cannot make what the environment wants; `undefined` when it can. */
export function unsupportedBy(local: LocalSettings): string | undefined {
  try {
    const ports = { http: local.ports.http.number, https: local.ports.https.number };
    const { nodes = [] } = kindConfiguration({ local, ports, hasCgroupV1: false });
    if (nodes.every(({ image }) => image !== undefined)) return undefined;
    return `kind has node images of Kubernetes ${knownMinors.join(', ')}, not ${local.kubernetes} (local.kubernetes); another one needs local.nodeImage`;
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'usage') return error.message;
    throw error;
  }
}
