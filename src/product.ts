import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { asset } from './paths.js';

const packageSchema = z.object({ name: z.string(), version: z.string(), engines: z.object({ node: z.string() }) });

/** What the product says of itself in its package.json. */
export async function productPackage(): Promise<z.infer<typeof packageSchema>> {
  return packageSchema.parse(JSON.parse(await readFile(asset('package.json'), 'utf8')));
}
