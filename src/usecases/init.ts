import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blueprintNames } from '../environment/blueprints.js';
import type { Target } from '../environment/environment.js';
import { environmentFileName } from '../environment/find-file.js';
import { environmentFile, nameFromFolder, schemaFileName } from '../environment/init-file.js';
import { environmentJsonSchema, schemaId } from '../environment/json-schema.js';
import { nearest } from '../nearest.js';
import { environmentFileSchema } from '../environment/schema.js';
import { PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';

interface InitOptions {
  readonly folder: string;
  /** Without it, made of the folder's name. */
  readonly name?: string | undefined;
  readonly blueprint: string;
  readonly target?: Target | undefined;
  /** Overwrites an environment file that is there. */
  readonly force?: boolean | undefined;
}

export interface InitResult {
  readonly file: string;
  /** The JSON Schema that editors complete the file from. */
  readonly schema: string;
  readonly name: string;
  readonly blueprint: string;
}

/**
 * Writes an environment file to start from, and its JSON Schema beside it so that editors complete it offline.
 * @throws PlatformError `usage` for a bad name or an unknown blueprint, `conflict` when a file is there already.
 */
export async function init({ folder, blueprint, target, force, ...options }: InitOptions): Promise<InitResult> {
  const name = options.name ?? nameFromFolder(folder);
  checkName(name);
  await checkBlueprint(blueprint);
  const file = join(folder, environmentFileName);
  const schema = join(folder, schemaFileName);
  if (!force) await refuseToOverwrite(file, schema);
  await writeFileAtomically(schema, `${JSON.stringify(environmentJsonSchema(), undefined, 2)}\n`);
  await writeFileAtomically(file, environmentFile({ name, blueprint, target }));
  return { file, schema, name, blueprint };
}

function checkName(name: string): void {
  const { success, error } = environmentFileSchema.shape.name.safeParse(name);
  if (success) return;
  throw new PlatformError('usage', `${JSON.stringify(name)} cannot be the name of an environment`, {
    suggestions: error.issues.map(({ message }) => `allowed: ${message}`),
  });
}

async function checkBlueprint(blueprint: string): Promise<void> {
  const known = await blueprintNames();
  if (known.includes(blueprint)) return;
  const meant = nearest(blueprint, known);
  throw new PlatformError('usage', `there is no blueprint ${JSON.stringify(blueprint)}`, {
    suggestions: [...(meant ? [`did you mean ${meant}?`] : []), `allowed: ${known.join(', ')}`],
  });
}

async function refuseToOverwrite(file: string, schema: string): Promise<void> {
  const there = (await exists(file)) ? file : (await isForeign(schema)) ? schema : undefined;
  if (there === undefined) return;
  throw new PlatformError('conflict', `${there} is there already`, { suggestions: ['--force overwrites it'] });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

// An older schema of ours is made anew; a file of somebody else's that happens to have its name is not.
async function isForeign(schema: string): Promise<boolean> {
  try {
    return !(await readFile(schema, 'utf8')).includes(schemaId);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
