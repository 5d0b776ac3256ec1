import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { parseManifest } from '../helm/manifest.js';
import { groupOf } from '../contents/read-contents.js';
import { isMap } from '../values/values.js';

/** Fields of an object that a chart renders differently each time, as Argo CD's ignoreDifferences names them. */
export interface UnstableFields {
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly jsonPointers: readonly string[];
}

/**
 * What differs between two renderings of the same chart and values: generated passwords and certificates, above all.
 * Helm keeps such a value by looking it up in the cluster; Argo CD renders without one, and would replace it at every
 * sync. Objects whose very names differ have nothing in common to name.
 */
export function unstableFields(first: string, second: string): readonly UnstableFields[] {
  if (first === second) return [];
  const others = new Map(parseManifest(second).map(({ object }) => [keyOf(object), object]));
  return parseManifest(first).flatMap(({ object }): UnstableFields[] => {
    const pointers = differences(object, others.get(keyOf(object)) ?? object, '');
    if (pointers.length === 0) return [];
    const { kind, metadata } = object;
    const group = groupOf(object);
    return [
      {
        ...(group !== '' && { group }),
        ...{ kind, name: metadata.name },
        ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
        jsonPointers: pointers,
      },
    ];
  });
}

function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ');
}

function differences(one: unknown, other: unknown, pointer: string): string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (isMap(one) && isMap(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], `${pointer}/${escaped(key)}`));
  }
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.flatMap((item: unknown, index) => differences(item, other[index], `${pointer}/${String(index)}`));
  }
  return [pointer];
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
