import { readdir } from 'node:fs/promises';
import { dirname, parse, relative, resolve } from 'node:path';
import { catalogueNames } from '../releases/catalogue.js';
import { blueprintFile, blueprintNames, defaultBlueprint, readBlueprint } from './blueprints.js';
import { draftOf, type Draft } from './draft.js';
import type { Environment, LocalProvider, Target } from './environment.js';
import { findEnvironmentFile } from './find-file.js';
import { checkedFlags } from './flags.js';
import type { Layer } from './layer.js';
import { bundledLibrary, type Library } from './library.js';
import { nearest } from '../nearest.js';
import { problemsError, type Problem, type Report } from './problems.js';
import { resolveEnvironment } from './resolve.js';
import { environmentFileSchema } from './schema.js';
import { fileIn } from './settings.js';
import { readSource } from './source.js';

export interface LoadOptions {
  /** Without it, the nearest platform.yaml from `cwd` up to the root of its git repository; without any, a blueprint. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly target: Target;
  /** What flags say wins over the file. */
  readonly blueprint?: string | undefined;
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly provider?: LocalProvider | 'auto' | undefined;
  /** Where public charts come from instead: a folder, relative to `cwd`, or an `oci://` URL. */
  readonly charts?: string | undefined;
  /** Optional parts beside those of the file. */
  readonly parts?: readonly string[] | undefined;
  /** What {@link parts} was when the environment of a name was begun; parts that are gone count for nothing. */
  readonly rememberedParts?: ((name: string) => Promise<readonly string[]>) | undefined;
  /** `release.path.to.key=value`. */
  readonly set?: readonly string[] | undefined;
  readonly library?: Library;
}

/**
 * Loads an environment for a target: defaults of the catalogue, blueprint, file, overlays of the target, flags.
 * @throws PlatformError `usage` with every problem at once, each with its place, in `facts.problems`.
 */
export async function loadEnvironment(options: LoadOptions): Promise<Environment> {
  const { cwd, target, library = bundledLibrary() } = options;
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const file = options.file === undefined ? await findEnvironmentFile(cwd) : resolve(cwd, options.file);
  const [blueprints, catalogue, charts, written] = await Promise.all([
    blueprintNames(library),
    catalogueNames(library.catalogue),
    readdir(library.charts),
    file === undefined ? undefined : readFileLayer(file, cwd, report),
  ]);
  // Nothing of a file whose YAML is broken can be trusted, not even that it lacks something.
  if (file !== undefined && written === undefined) throw problemsError(problems);

  const blueprint = options.blueprint ?? (file === undefined ? defaultBlueprint : written?.draft.content.blueprint);
  const isKnown = blueprint === undefined || blueprints.includes(blueprint);
  if (!isKnown)
    report(unknownBlueprint(blueprint, blueprints, options.blueprint === undefined ? written?.draft : undefined));
  const base = blueprint !== undefined && isKnown ? await readBlueprintLayer(blueprint, library, report) : undefined;

  const environment = await resolveEnvironment({
    ...{ target, library, catalogue, charts, report, blueprint, file },
    layers: [base, written].filter((layer) => layer !== undefined),
    isComplete: blueprint === undefined ? written?.draft.isReported(['blueprint']) !== true : base !== undefined,
    flags: {
      ...checkedFlags(
        { ...options, ...(options.charts !== undefined && { charts: fileIn(cwd, options.charts) }) },
        report,
      ),
      parts: options.parts ?? [],
    },
    rememberedParts: options.rememberedParts ?? (() => Promise.resolve([])),
    set: options.set ?? [],
  });
  if (problems.length > 0) throw problemsError(problems);
  return environment;
}

async function readFileLayer(file: string, cwd: string, report: Report): Promise<Layer | undefined> {
  const fromHere = relative(cwd, file);
  // From the root it would only lose its first letter.
  const name = cwd !== parse(cwd).root && fromHere.length < file.length ? fromHere : file;
  const source = await readSource(file, name, report);
  return source && { draft: draftOf(source, environmentFileSchema, report), folder: dirname(file), origin: name };
}

async function readBlueprintLayer(name: string, library: Library, report: Report): Promise<Layer | undefined> {
  const draft = await readBlueprint(name, library, report);
  return draft && { draft, folder: dirname(blueprintFile(name, library)), origin: `blueprint ${name}` };
}

function unknownBlueprint(name: string, known: readonly string[], writtenIn: Draft | undefined): Problem {
  const meant = nearest(name, known);
  const what = {
    message: `there is no blueprint ${JSON.stringify(name)}`,
    value: name,
    allowed: known.join(', '),
    ...(meant && { suggestion: `did you mean ${meant}?` }),
  };
  return (
    writtenIn?.source.problem(['blueprint'], 'value', what) ?? {
      file: '--blueprint',
      line: 1,
      column: 1,
      path: '',
      ...what,
    }
  );
}
