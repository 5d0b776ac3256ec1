import { stringify } from 'yaml';
import type { KubernetesObject } from '../../kubernetes/objects.js';

const note = '# Made by `platform export argocd`, which overwrites it.\n';

/** A file of an export. As YAML 1.1, which Helm and Argo CD read: "yes" and "0555" stay text. */
export function exportedYaml(value: object): string {
  return note + stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * A definition as Argo CD is to apply it: it outlives its Application and its file, and leaves out the one field that
 * the API server drops, which Argo CD would take for a difference for ever.
 */
export function exportedDefinition(definition: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata } = definition;
  const { spec } = definition as KubernetesObject & { readonly spec?: Readonly<Record<string, unknown>> };
  const { preserveUnknownFields: keeps, ...kept } = spec ?? {};
  const annotations = { ...metadata.annotations, 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };
  return {
    ...{ apiVersion, kind, metadata: { ...metadata, annotations } },
    ...{ spec: keeps === true ? spec : kept },
  };
}
