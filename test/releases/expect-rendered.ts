import { expect } from 'vitest';
import type { CatalogueEntry } from '../../src/releases/catalogue.js';
import type { Manifest } from '../charts/helm.js';

/** Everything the entry lists is among the objects, with the same images, replicas, ports and controllers. */
export function expectRendered({ objects }: CatalogueEntry, found: readonly Manifest[]): void {
  const named = (kind: string, name: string) =>
    found.find((object) => object.kind === kind && object.metadata.name === name) ?? expect.fail(`no ${kind} ${name}`);
  const workloads = {
    Deployment: objects.deployments,
    StatefulSet: objects.statefulSets,
    DaemonSet: objects.daemonSets,
  };
  for (const [kind, listed] of Object.entries(workloads)) {
    for (const [name, { image, replicas }] of Object.entries(listed)) {
      const { spec } = named(kind, name) as Manifest & { spec: WorkloadSpec };
      expect(
        spec.template.spec.containers.map((container) => container.image),
        name,
      ).toContain(image);
      expect(spec.replicas ?? 1, name).toBe(replicas);
    }
  }
  for (const [name, { type, ports }] of Object.entries(objects.services)) {
    const { spec } = named('Service', name) as Manifest & { spec: ServiceSpec };
    expect(spec.type ?? 'ClusterIP', name).toBe(type);
    expect(Object.fromEntries(spec.ports.map((port) => [port.name, port.port])), name).toEqual(ports);
  }
  for (const [name, { controller }] of Object.entries(objects.ingressClasses)) {
    expect(named('IngressClass', name)).toMatchObject({ spec: { controller } });
  }
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

interface ServiceSpec {
  readonly type?: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}
