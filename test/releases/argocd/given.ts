import type { Release } from '../../../src/environment/environment.js';
import type { Contents, Definition } from '../../../src/releases/contents/contents.js';
import { release } from '../release.js';

/** A definition `widgets.<group>` of a release. */
export function definition(group: string, by: Definition['by']): Definition {
  return {
    ...{ name: `widgets.${group}`, group, kind: 'Widget', plural: 'widgets' },
    ...{ scope: 'Namespaced', versions: ['v1'], by, digest: '0'.repeat(40) },
  };
}

/** What a release puts into a cluster. */
export function contents(more: Partial<Contents> = {}): Contents {
  return {
    ...{ definitions: [], uses: [], resources: [], images: [], webhooks: [], apiServices: [] },
    ...{ workloads: [], loadBalancers: [], unknownValues: [] },
    ...more,
  };
}

/** A release that was rendered; `by` says how its definitions come, where it has any. */
export function rendered(name: string, by?: Definition['by'], more: Partial<Release> = {}): Release {
  const definitions = by === undefined ? [] : [definition(`${name}.example.org`, by)];
  return release(name, { contents: contents({ definitions }), ...more });
}
