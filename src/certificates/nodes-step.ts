import type { NodeMachines } from '../clusters/cluster.js';
import type { Check, Step } from '../plan/step.js';
import { ensureAuthority, readAuthority } from './authority.js';
import { missingTrust, trustInNode } from './node-trust.js';
import { authorityId, noAuthorityYet, noClusterYet, type CertificateStepOptions } from './step-options.js';
import { trustedCertificates } from './trusted.js';

export const nodesTrustId = 'certificates/nodes';

/** The nodes trust our authority and the corporate ones: needed before anything pulls an image. */
export function nodesStep(machines: NodeMachines, options: CertificateStepOptions): Step {
  const { environment, provider, clock, paths } = options;
  const { authorities } = environment.local;
  return {
    id: nodesTrustId,
    title: 'authorities in the nodes',
    needs: ['cluster', authorityId],
    lane: 'cluster',
    budgetMs: 3 * 60_000,
    estimateMs: 3_000,
    async check({ signal }): Promise<Check> {
      const authority = await readAuthority(paths);
      if (!authority) return noAuthorityYet;
      const certificates = await trustedCertificates(authority, authorities, clock);
      if ((await provider.inspect()).status !== 'running') return noClusterYet;
      const nodes = await machines.names(signal);
      const reasons = await Promise.all(nodes.map((node) => missingTrust(machines, node, certificates, signal)));
      const reason = reasons.find((one) => one !== undefined);
      if (reason !== undefined) return { status: 'needed', reason };
      return { status: 'satisfied', detail: `${String(certificates.length)} in ${String(nodes.length)} nodes` };
    },
    async apply(context) {
      const { signal } = context;
      const certificates = await trustedCertificates(await ensureAuthority(paths, clock, signal), authorities, clock);
      const nodes = await machines.names(signal);
      const changed = await Promise.all(
        nodes.map(async (node) => {
          if ((await missingTrust(machines, node, certificates, signal)) === undefined) return false;
          context.progress({ message: `${node}: reading authorities, restarting containerd` });
          await trustInNode(machines, node, certificates, signal);
          return true;
        }),
      );
      const count = changed.filter(Boolean).length;
      return `${String(certificates.length)} put into ${String(count)} of ${String(nodes.length)} nodes`;
    },
  };
}
