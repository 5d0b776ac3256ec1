/** The parts of Kubernetes objects that this product reads; the API server's own schema is the full one. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Labels, annotations and names that are the same on every target. */
export const labels = {
  environment: 'platform.dev/environment',
  run: 'platform.dev/run',
  input: 'platform.dev/input',
  revision: 'platform.dev/revision',
  standIn: 'platform.dev/stand-in',
  /** On definitions: the release they came with. */
  release: 'platform.dev/release',
  /** On what a section of the environment file asked for: `namespaces`, `secrets`. */
  section: 'platform.dev/section',
} as const;

export const fieldManager = 'platform';
export const systemNamespace = 'platform-system';

/** True when the object has this condition with status True. */
export function hasCondition(
  conditions: readonly Pick<Condition, 'type' | 'status'>[] | null | undefined,
  type: string,
): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
