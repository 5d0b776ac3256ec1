import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { asset } from '../../paths.js';
import { fieldManager, labels, type KubernetesObject } from '../../kubernetes/objects.js';

/** What makes a bare control plane behave like a cluster: stages, resource usage, a storage class and nodes. */
export interface Simulation {
  readonly objects: readonly KubernetesObject[];
  /** Names of the simulated nodes. */
  readonly nodes: readonly string[];
  /** Changes when any of the objects does. */
  readonly digest: string;
}

const files = ['stages.yaml', 'stages-custom-resources.yaml', 'resource-usage.yaml', 'storage-class.yaml'];

/** The simulation of an environment: one control-plane node and its workers, named as kind names them. */
export async function simulationOf(environment: string, workers: number): Promise<Simulation> {
  const shipped = await Promise.all(
    files.map(async (file) => parseObjects(await readFile(asset('assets/embedded', file), 'utf8'))),
  );
  const workerNames = Array.from(
    { length: workers },
    (_, index) => `${environment}-worker${index ? String(index + 1) : ''}`,
  );
  const nodes = [
    node(environment, `${environment}-control-plane`, workers > 0),
    ...workerNames.map((name) => node(environment, name, false)),
  ];
  const objects = [...shipped.flat(), ...nodes];
  return {
    objects,
    nodes: nodes.map(({ metadata }) => metadata.name),
    digest: createHash('sha256').update(JSON.stringify(objects)).digest('hex').slice(0, 16),
  };
}

function parseObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

// As with kubeadm, workloads stay off the control-plane node once there are workers.
function node(environment: string, name: string, tainted: boolean): KubernetesObject {
  const role = name.endsWith('-control-plane') ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
  const object = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'app.kubernetes.io/managed-by': fieldManager,
        [labels.environment]: environment,
        ...role,
      },
      annotations: {
        // What kwok takes under its wing, and where it answers for the node's kubelet.
        'kwok.x-k8s.io/node': 'fake',
        'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource`,
      },
    },
    spec: { ...(tainted && { taints: [taint] }) },
  };
  return object;
}
