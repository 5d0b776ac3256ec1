import type { Environment } from '../environment/environment.js';
import { mergeValues } from '../releases/values/values.js';
import type { Part } from './part.js';

/** The environment as it was resolved, and the merged values of each release. */
export function environmentParts(environment: Environment): Part[] {
  const releases = environment.releases.map(({ name, namespace, chart, needs, image }) => {
    return { name, namespace, chart, needs, ...(image !== undefined && { image }) };
  });
  return [
    {
      name: 'environment',
      collect: () => Promise.resolve([{ path: 'environment.yaml', content: { ...environment, releases } }]),
    },
    {
      name: 'values',
      collect: () =>
        Promise.resolve(
          environment.releases.map(({ name, values }) => ({
            path: `values/${name}.yaml`,
            content: mergeValues(values),
          })),
        ),
    },
  ];
}
