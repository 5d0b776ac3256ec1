import { asset } from '../paths.js';

/** Where the things are that an environment can refer to by name; tests bring folders of their own. */
export interface Library {
  readonly blueprints: string;
  /** One folder per release. */
  readonly catalogue: string;
  readonly charts: string;
  /** One file per drill. */
  readonly drills: string;
}

/** What is shipped with the product. */
export function bundledLibrary(): Library {
  return {
    blueprints: asset('assets/blueprints'),
    catalogue: asset('helm-values'),
    charts: asset('assets/charts'),
    drills: asset('assets/drills'),
  };
}
