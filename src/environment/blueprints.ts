import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { draftOf, type Draft } from './draft.js';
import { bundledLibrary, type Library } from './library.js';
import type { Report } from './problems.js';
import { blueprintSchema } from './schema.js';
import { readSource } from './source.js';

/** What `up` builds where there is no environment file. */
export const defaultBlueprint = 'microservices';

/** Names of the bundled blueprints, in alphabetical order. */
export async function blueprintNames(library: Library = bundledLibrary()): Promise<string[]> {
  const files = await readdir(library.blueprints);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The file of a blueprint. */
export function blueprintFile(name: string, library: Library): string {
  return join(library.blueprints, `${name}.yaml`);
}

/** Reads a blueprint that exists; `undefined` when its YAML is broken (reported). */
export async function readBlueprint(name: string, library: Library, report: Report): Promise<Draft | undefined> {
  const source = await readSource(blueprintFile(name, library), `blueprint ${name}`, report);
  return source && draftOf(source, blueprintSchema, report);
}
