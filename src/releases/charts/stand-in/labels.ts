/** On everything that only stands in for something real; also the annotation of a stand-in's Chart.yaml. */
export const standInLabel = 'platform.dev/stand-in';

/** What the pods of a stand-in workload are selected by. */
export function selector(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, [standInLabel]: 'true' };
}

/** Labels of an object in `templates/`. */
export function labels(name: string): Record<string, string> {
  return {
    ...selector(name),
    'app.kubernetes.io/instance': '{{ .Release.Name }}',
    'app.kubernetes.io/managed-by': '{{ .Release.Service }}',
  };
}

/** Labels of a CRD, which Helm neither renders nor owns: the release that brought it is found by them. */
export function definitionLabels(release: string): Record<string, string> {
  return { ...selector(release), 'app.kubernetes.io/instance': release };
}
