import { join } from 'node:path';
import { readCatalogueEntry, type CatalogueEntry } from '../releases/catalogue.js';
import { isMap } from '../releases/values/values.js';
import type { Target, ValuesLayer } from './environment.js';
import type { Library } from './library.js';
import type { Report } from './problems.js';
import { readOptionalSource } from './source.js';

/** What `helm-values/<release>/` holds for one target. */
export interface CatalogueFiles {
  readonly entry: CatalogueEntry;
  /** values.yaml and the target's own file, where they exist. */
  readonly values: readonly ValuesLayer[];
}

/** Reads all that the catalogue has for a release; `undefined` when it does not know it. */
export async function readCatalogueFiles(
  release: string,
  target: Target,
  library: Library,
  report: Report,
): Promise<CatalogueFiles | undefined> {
  const [entry, ...values] = await Promise.all([
    readCatalogueEntry(release, library.catalogue),
    ...['values.yaml', `${target}.yaml`].map((file) => readValues(release, file, library, report)),
  ]);
  return entry && { entry, values: values.flat() };
}

async function readValues(release: string, file: string, library: Library, report: Report): Promise<ValuesLayer[]> {
  const origin = `helm-values/${release}/${file}`;
  const source = await readOptionalSource(join(library.catalogue, release, file), origin, report);
  if (!source) return [];
  if (isMap(source.value)) return [{ origin, values: source.value }];
  report(source.problem([], 'value', { message: 'the file is not a map', allowed: 'a map of Helm values' }));
  return [];
}
