import { z } from 'zod';
import { environmentFileSchema } from './schema.js';

/** Names the published schema; a URN, because there is no host that serves it. */
export const schemaId = 'urn:platform:v1alpha1:environment';

/** The JSON Schema (draft 2020-12) of `platform.yaml`: what `platform schema` prints and editors complete from. */
export function environmentJsonSchema(): Record<string, unknown> {
  return { $id: schemaId, ...z.toJSONSchema(environmentFileSchema, { target: 'draft-2020-12', io: 'input' }) };
}
