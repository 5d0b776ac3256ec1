import type { ClusterClient } from './client.js';

/** The parts of an OpenAPI v3 schema, as the API server publishes it, that decide what a valid value is. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Schemas of one group and version, by the names that references use. */
export type Schemas = Readonly<Record<string, Schema>>;

const referencePrefix = '#/components/schemas/';

/** The schemas of a group and version; `undefined` while the API server publishes none. */
export async function schemasOf(
  client: ClusterClient,
  { group, version }: Pick<GroupVersionKind, 'group' | 'version'>,
  signal?: AbortSignal,
): Promise<Schemas | undefined> {
  const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
  const document = await client.get<{ components?: { schemas?: Schemas } }>(`/openapi/v3/${path}`, signal);
  return document?.components?.schemas;
}

/** The schema of a kind among those of its group and version. */
export function schemaOfKind(schemas: Schemas, { group, version, kind }: GroupVersionKind): Schema | undefined {
  return Object.values(schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(
      (named) => named.group === group && named.version === version && named.kind === kind,
    ),
  );
}

/** A schema with its reference followed and its `allOf` parts laid into it. */
export function resolveSchema(schema: Schema, schemas: Schemas): Schema {
  const { $ref, allOf = [], ...own } = schema;
  const parts = $ref?.startsWith(referencePrefix) ? [schemas[$ref.slice(referencePrefix.length)] ?? {}] : [];
  return [...parts, ...allOf].map((part) => resolveSchema(part, schemas)).reduceRight<Schema>(combine, own);
}

/** Both schemas at once; where they say different things, the first has the word. */
export function combine(first: Schema, second: Schema): Schema {
  const required = [...new Set([...(first.required ?? []), ...(second.required ?? [])])];
  const properties = { ...second.properties };
  for (const [name, property] of Object.entries(first.properties ?? {})) {
    properties[name] = combine(property, properties[name] ?? {});
  }
  return {
    ...second,
    ...first,
    ...(required.length > 0 && { required }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}
