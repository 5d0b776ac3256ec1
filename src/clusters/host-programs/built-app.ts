import { existsSync } from 'node:fs';
import { PlatformError } from '../../errors.js';
import { asset } from '../../paths.js';

/** Path of a program of ours that Node runs, as the product is built with it. */
export function builtApp(name: string): string {
  return asset('dist', 'apps', `${name}.cjs`);
}

/** @throws PlatformError `prerequisite` where the product was built without it */
export function refuseUnbuilt(name: string, path: string): void {
  if (existsSync(path)) return;
  throw new PlatformError('prerequisite', `the ${name} is not built: there is no ${path}`, {
    suggestions: ['run `npm run build` in the folder of the product'],
  });
}
