import { combine, resolveSchema, type Schema, type Schemas } from './open-api.js';
import { sampleText } from './sample-text.js';

/** Deeper than any real kind; a schema that requires itself has no finite value anyway. */
const maxDepth = 30;

/** The smallest value that a schema accepts, as far as the schema itself tells. */
export function sampleValue(given: Schema, schemas: Schemas, depth = 0): unknown {
  if (depth > maxDepth) return undefined;
  const schema = withAlternative(resolveSchema(given, schemas), schemas);
  const next = (part: Schema) => sampleValue(part, schemas, depth + 1);
  if (isTelling(schema.default)) return schema.default;
  const [choice] = schema.enum?.filter((value) => value !== '') ?? [];
  if (choice !== undefined) return choice;
  if (schema['x-kubernetes-embedded-resource']) {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'proof' } };
  }
  if (schema['x-kubernetes-int-or-string']) return schema.pattern === undefined ? 1 : sampleText(schema);
  switch (schema.type ?? (schema.properties ? 'object' : undefined)) {
    case 'object':
      return sampleFields(schema, next);
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => next(schema.items ?? {}));
    case 'string':
      return sampleText(schema);
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return false;
    default:
      return {};
  }
}

function sampleFields(schema: Schema, next: (part: Schema) => unknown): Record<string, unknown> {
  const { properties = {}, required = [], minProperties = 0, additionalProperties } = schema;
  const more = Object.keys(properties).filter((name) => !required.includes(name));
  const names = [...required, ...more.slice(0, Math.max(minProperties - required.length, 0))];
  const fields: Record<string, unknown> = {};
  for (const name of names) fields[name] = next(properties[name] ?? {});
  const other = typeof additionalProperties === 'object' ? additionalProperties : { type: 'string' };
  for (let index = names.length; index < minProperties; index += 1) fields[`proof${String(index)}`] = next(other);
  return fields;
}

function sampleNumber({
  type,
  minimum = -Infinity,
  maximum = Infinity,
  multipleOf,
  ...schema
}: Schema): number | undefined {
  const step = multipleOf ?? (type === 'integer' || maximum - minimum > 2 ? 1 : (maximum - minimum) / 4);
  const least = schema.exclusiveMinimum ? minimum + step : minimum;
  const most = schema.exclusiveMaximum ? maximum - step : maximum;
  const value = Math.min(Math.max(step, least), most);
  return multipleOf === undefined ? value : Math.ceil(value / multipleOf) * multipleOf;
}

// Of several alternatives the first that asks for something says what is missing. A number does for quantities and
// ports, for which not every text does.
function withAlternative({ oneOf, anyOf, ...whole }: Schema, schemas: Schemas): Schema {
  if (whole['x-kubernetes-int-or-string']) return whole;
  return [oneOf, anyOf].reduce<Schema>((combined, alternatives = []) => {
    const choices = alternatives.map((alternative) => resolveSchema(alternative, schemas));
    const choice =
      choices.find(({ required = [] }) => required.length > 0) ??
      choices.find(({ type }) => type === 'number' || type === 'integer') ??
      choices[0];
    return choice ? combine(combined, withAlternative(choice, schemas)) : combined;
  }, whole);
}

// The defaults of built-in kinds are Go's zero values, which their own checks refuse where a field is required; and the
// required fields of a structure are put into an empty one.
function isTelling(value: unknown): boolean {
  if (value === undefined || value === '') return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
