import { isGivenNamespace } from '../kubernetes/given-namespaces.js';
import { isMap, mergeValues } from '../releases/values/values.js';
import type { ReleaseContext } from './candidate.js';
import type { NamespaceSettings, Quantities } from './environment.js';
import { namesIn, said } from './layer.js';
import { reportForeignNamespace } from './known-namespaces.js';
import type { EnvironmentFile } from './schema.js';

/** `namespaces:` of all layers, merged as values are; `null` takes out what weaker layers say. */
export function namespaceSettings(
  context: Pick<ReleaseContext, 'layers' | 'isComplete'>,
  known: readonly string[],
): Record<string, NamespaceSettings> {
  const merged = withoutNulls(mergeValues(said(context.layers, 'namespaces').map((values) => ({ values }))));
  for (const name of namesIn(context.layers, 'namespaces')) {
    if (Object.hasOwn(merged, name)) reportUnfit(name, context, known);
  }
  return Object.fromEntries(
    Object.entries(merged as Record<string, NamespaceContent>).map(([name, { isolated = false, quota, defaults }]) => [
      name,
      {
        isolated,
        quota: quantities(quota),
        defaults: { requests: quantities(defaults?.requests), limits: quantities(defaults?.limits) },
      },
    ]),
  );
}

type NamespaceContent = NonNullable<NonNullable<EnvironmentFile['namespaces']>[string]>;

function quantities(content: Readonly<Record<string, string | null>> | null | undefined): Quantities {
  return (content ?? {}) as Quantities;
}

function withoutNulls(tree: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isMap(value) ? withoutNulls(value) : value]),
  );
}

function reportUnfit(
  name: string,
  { layers, isComplete }: Pick<ReleaseContext, 'layers' | 'isComplete'>,
  known: readonly string[],
): void {
  const draft = layers.findLast((layer) => layer.draft.content.namespaces?.[name])?.draft;
  if (!draft) return;
  const path = ['namespaces', name];
  if (isGivenNamespace(name)) {
    const message = `every cluster has the namespace ${name}, which is not ours to limit`;
    draft.report(draft.source.problem(path, 'key', { message, value: name, allowed: 'a namespace of releases' }));
  } else if (isComplete) {
    reportForeignNamespace(name, draft, { path, part: 'key' }, known);
  }
}
