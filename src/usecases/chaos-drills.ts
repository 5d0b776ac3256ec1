import { resolve } from 'node:path';
import type { Drill } from '../chaos/drill.js';
import { readDrillFile } from '../environment/drills.js';
import type { Environment } from '../environment/environment.js';
import { problemsError, type Problem } from '../environment/problems.js';
import { PlatformError } from '../errors.js';
import { nearest } from '../nearest.js';

type Drilled = Pick<Environment, 'name' | 'domain' | 'drills'>;

/**
 * A drill of the environment by its name, or one in a file of its own.
 * @throws PlatformError `usage` when there is none of that name, or the file is not right
 */
export async function findDrill(nameOrFile: string, environment: Drilled, cwd: string): Promise<Drill> {
  if (isFile(nameOrFile)) return drillInFile(nameOrFile, environment, cwd);
  const drill = environment.drills[nameOrFile];
  if (drill) return drill;
  const names = Object.keys(environment.drills);
  const meant = nearest(nameOrFile, names);
  throw new PlatformError('usage', `${environment.name} has no drill ${JSON.stringify(nameOrFile)}`, {
    suggestions: [
      ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
      names.length > 0 ? `it has ${names.join(', ')}` : 'write one under drills: in its environment file',
      'a drill in a file is given by its path, such as ./drill.yaml',
    ],
  });
}

function isFile(nameOrFile: string): boolean {
  return /[/\\]|\.ya?ml$/.test(nameOrFile);
}

async function drillInFile(file: string, { name: environment, domain }: Drilled, cwd: string): Promise<Drill> {
  const problems: Problem[] = [];
  const name = (file.split(/[/\\]/).at(-1) ?? file).replace(/\.ya?ml$/, '');
  const options = { name, origin: file, words: { domain, environment } };
  const drill = await readDrillFile(resolve(cwd, file), options, (problem) => problems.push(problem));
  if (drill && problems.length === 0) return drill;
  throw problemsError(problems);
}
