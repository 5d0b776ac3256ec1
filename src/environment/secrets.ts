import { resolve } from 'node:path';
import type { ReleaseContext } from './candidate.js';
import type { SecretKey, SecretSettings } from './environment.js';
import { reportForeignNamespace } from './known-namespaces.js';
import { namesIn, type Layer } from './layer.js';
import type { EnvironmentFile } from './schema.js';
import { substitute } from './substitute.js';

type SecretContent = NonNullable<NonNullable<EnvironmentFile['secrets']>[string]>;
type KeyContent = NonNullable<NonNullable<SecretContent['keys']>[string]>;
type Context = Pick<ReleaseContext, 'layers' | 'isComplete'>;

/**
 * `secrets:` of all layers: a stronger layer replaces single keys, as a whole, and `null` takes a key or a Secret out.
 * Files are relative to the file that names them.
 */
export function secretSettings(
  context: Context,
  known: readonly string[],
  words: Parameters<typeof substitute>[1],
): Record<string, SecretSettings> {
  return Object.fromEntries(
    namesIn(context.layers, 'secrets').flatMap((name) => {
      const writers = writersOf(name, context.layers);
      const settings = writers.length > 0 ? mergedSettings(name, writers, context, known) : undefined;
      if (!settings) return [];
      const keys = Object.entries(settings.keys).map(([key, source]) => [
        key,
        'value' in source ? substitute(source, words) : source,
      ]);
      return [[name, { ...settings, keys: Object.fromEntries(keys) as SecretSettings['keys'] }]];
    }),
  );
}

interface Writer {
  readonly layer: Layer;
  readonly content: SecretContent;
}

// What comes before a null is taken out.
function writersOf(name: string, layers: readonly Layer[]): Writer[] {
  return layers.reduce<Writer[]>((writers, layer) => {
    const content = layer.draft.content.secrets?.[name];
    if (content === undefined) return writers;
    return content === null ? [] : [...writers, { layer, content }];
  }, []);
}

function mergedSettings(
  name: string,
  writers: readonly Writer[],
  { isComplete }: Context,
  known: readonly string[],
): SecretSettings | undefined {
  const last = (key: 'namespace' | 'part') => writers.findLast(({ content }) => content[key] !== undefined);
  const namespace = last('namespace')?.content.namespace;
  const part = last('part')?.content.part;
  const keys = mergedKeys(writers);
  const draft = writers.at(-1)?.layer.draft;
  if (!draft) return undefined;
  const missing = (what: string, message: string, allowed: string) => {
    const isReported = writers.some(({ layer }) => layer.draft.isReported(['secrets', name, what]));
    if (isComplete && !isReported) {
      draft.report(draft.source.problem(['secrets', name], 'key', { message, allowed }));
    }
  };
  if (Object.keys(keys).length === 0) {
    missing('keys', `secrets.${name} has no keys`, 'keys: { password: { generate: 32 } } or the like');
  }
  if (namespace === undefined) {
    missing('namespace', `secrets.${name}.namespace is missing`, known.join(', ') || 'the namespace of a release');
    return undefined;
  }
  const writer = last('namespace')?.layer.draft;
  if (isComplete && writer) {
    reportForeignNamespace(namespace, writer, { path: ['secrets', name, 'namespace'], part: 'value' }, known);
  }
  return { namespace, keys, ...(part !== undefined && { part }) };
}

function mergedKeys(writers: readonly Writer[]): Record<string, SecretKey> {
  const merged = writers.flatMap(({ layer, content }) =>
    Object.entries(content.keys ?? {}).map(([key, source]): [string, SecretKey | undefined] => [
      key,
      source ? sourceOf(source, layer.folder) : undefined,
    ]),
  );
  const last = Object.entries(Object.fromEntries(merged));
  return Object.fromEntries(last.flatMap(([key, source]) => (source ? [[key, source]] : [])));
}

function sourceOf({ value, generate, env, file }: KeyContent, folder: string): SecretKey | undefined {
  if (value !== undefined) return { value };
  if (generate !== undefined) return { generate };
  if (env !== undefined) return { env };
  return file === undefined ? undefined : { file: resolve(folder, file) };
}
