import { join } from 'node:path';
import { readCatalogueEntry, type CatalogueEntry } from '../releases/catalogue.js';
import { isMap } from '../releases/values/values.js';
import type { Target, ValuesLayer } from './environment.js';
import type { Library } from './library.js';
import type { Report } from './problems.js';
import { readOptionalSource } from './source.js';
import { valueFileLayers } from './value-files.js';

/** What `helm-values/<release>/` holds for one target. */
export interface CatalogueFiles {
  readonly entry: CatalogueEntry;
  /** What its `files` say, values.yaml and the target's own file, where they exist. */
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
  return entry && { entry, values: [...(await readFiles(release, entry, library, report)), ...values.flat()] };
}

async function readFiles(
  release: string,
  { files }: CatalogueEntry,
  library: Library,
  report: Report,
): Promise<ValuesLayer[]> {
  if (Object.keys(files).length === 0) return [];
  const folder = join(library.catalogue, release);
  const source = await readOptionalSource(join(folder, 'release.yaml'), `helm-values/${release}/release.yaml`, report);
  return valueFileLayers(files, folder, (path, what) => {
    if (source) report(source.problem(['files', path], 'value', what));
  });
}

async function readValues(release: string, file: string, library: Library, report: Report): Promise<ValuesLayer[]> {
  const origin = `helm-values/${release}/${file}`;
  const source = await readOptionalSource(join(library.catalogue, release, file), origin, report);
  if (!source) return [];
  if (isMap(source.value)) return [{ origin, values: source.value }];
  report(source.problem([], 'value', { message: 'the file is not a map', allowed: 'a map of Helm values' }));
  return [];
}
