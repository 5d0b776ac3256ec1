import type { Values } from '../../environment/environment.js';
import { redact } from '../../environment/redact.js';
import { pathText, valueAt, type Difference } from '../../kubernetes/object-differences.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** A field that is not as it should be. What looks secret, and all that is in a Secret, is masked. */
export interface FieldDifference {
  /** `spec.template.spec.containers[app].image`. */
  readonly path: string;
  /** Absent where the live object has no such field. */
  readonly live?: unknown;
  /** Absent where it should have none. */
  readonly intended?: unknown;
}

/** An object of a release that is not in the cluster as it should be. */
export interface ObjectDifference {
  /** `Deployment/auth`. */
  readonly object: string;
  /** Absent for what is in no namespace. */
  readonly namespace?: string;
  /**
   * `missing`: not there; `changed`: has other values in `fields`; `surplus`: there, and no longer wanted; `unserved`:
   * the API server does not know its kind; `refused`: the API server would not take it, for the `reason`.
   */
  readonly status: 'missing' | 'changed' | 'surplus' | 'unserved' | 'refused';
  readonly fields: readonly FieldDifference[];
  readonly reason?: string;
}

const mask = '***';

/** Differences of an object as they may be shown: in Secrets the keys only. */
export function shownFields(
  differences: readonly Difference[],
  live: KubernetesObject,
  intended: KubernetesObject,
): FieldDifference[] {
  const [shownLive, shownIntended] = [shown(live), shown(intended)];
  return differences.map(({ path, ...values }) => ({
    path: pathText(path),
    ...(values.live !== undefined && { live: valueAt(shownLive, path) ?? mask }),
    ...(values.intended !== undefined && { intended: valueAt(shownIntended, path) ?? mask }),
  }));
}

function shown(object: KubernetesObject): Values {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return redact({ ...object });
  const { data, stringData, ...rest } = object as KubernetesObject & Readonly<Record<string, unknown>>;
  return { ...redact(rest), data: masked(data), stringData: masked(stringData) };
}

function masked(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.keys(data).map((key) => [key, mask]));
}
