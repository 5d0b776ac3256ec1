import { labels, type KubernetesObject } from '../kubernetes/objects.js';

export interface SecretObject extends KubernetesObject {
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
}

const section = 'secrets';
/** Keys whose values were made up here, and so are kept. */
const generatedAnnotation = 'platform.dev/generated';

/** Path of a list of the Secrets that an environment's file asked for, and of no other ones: Helm's are large. */
export function secretList(environment: string): string {
  const selector = `${labels.environment}=${environment},${labels.section}=${section}`;
  return `/api/v1/secrets?labelSelector=${encodeURIComponent(selector)}`;
}

export function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

/** True for a Secret that this environment has made because its file asked for it. */
export function isOurs({ metadata }: KubernetesObject, environment: string): boolean {
  return metadata.labels?.[labels.environment] === environment && metadata.labels[labels.section] === section;
}

/** Keys whose values were generated, as the Secret itself says. */
export function generatedKeys({ metadata }: KubernetesObject): readonly string[] {
  return metadata.annotations?.[generatedAnnotation]?.split(',') ?? [];
}

/** A Secret of an environment. @param data In base64 */
export function secretObject(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  environment: string,
  data: Readonly<Record<string, string>>,
  generated: readonly string[],
): SecretObject & { readonly type: 'Opaque' } {
  const annotations = generated.length > 0 ? { [generatedAnnotation]: [...generated].sort().join(',') } : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...{ name, namespace, labels: { [labels.environment]: environment, [labels.section]: section } },
      ...(annotations && { annotations }),
    },
    type: 'Opaque',
    data,
  };
}
