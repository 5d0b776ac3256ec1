import type { CatalogueEntry } from '../../catalogue.js';
import { labels, selector } from './labels.js';

type Workload = CatalogueEntry['objects']['deployments'][string];
type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** A workload whose pods pass Pod Security `restricted`, and so every weaker level too. */
export function workload(kind: Kind, name: string, { image, replicas }: Workload) {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels: labels(name) },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: selector(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name,
              image,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}
