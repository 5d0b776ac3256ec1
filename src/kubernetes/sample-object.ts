import type { Labels } from './label-selector.js';
import { resolveSchema, schemaOfKind, type GroupVersionKind, type Schema, type Schemas } from './open-api.js';
import { sampleFields } from './sample-fields.js';
import { sampleValue } from './sample-value.js';

/** An object that may be created, without a name of its own. */
export interface SampleObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly generateName: string; readonly namespace?: string; readonly labels?: Labels };
  readonly [field: string]: unknown;
}

export interface SampleOptions {
  /** For a kind that lives in namespaces. */
  readonly namespace?: string;
  readonly labels?: Labels;
}

const identity: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * A small object of a kind that its published schema accepts, for a dry run: required fields only, and a spec even
 * where it may be left out, since few programs expect an object without one. What is checked by code or by rules of
 * the definition (CEL) cannot be known, so the API server may still refuse it. Without schemas it is nearly empty.
 */
export function sampleObject(
  kind: GroupVersionKind,
  schemas: Schemas | undefined,
  { namespace, labels = {} }: SampleOptions = {},
): SampleObject {
  return {
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: {
      generateName: 'platform-proof-',
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    ...(sampleFields[`${kind.group}/${kind.kind}`] ?? fieldsOf(kind, schemas)),
  };
}

function fieldsOf(kind: GroupVersionKind, schemas: Schemas | undefined): Record<string, unknown> {
  const published = schemas && schemaOfKind(schemas, kind);
  if (!schemas || !published) return {};
  const whole = resolveSchema(published, schemas);
  const { properties = {}, required = [] } = whole;
  const isStructure = (schema: Schema | undefined) => schema && resolveSchema(schema, schemas).type === 'object';
  const wanted = isStructure(properties['spec']) ? [...required, 'spec'] : required;
  const value = sampleValue({ ...whole, required: [...new Set(wanted)] }, schemas) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !identity.has(name)));
}
