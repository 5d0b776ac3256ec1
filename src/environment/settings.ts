import { resolve } from 'node:path';
import { mergeValues } from '../releases/values/values.js';
import type { AwsSettings, ImageSource, LocalSettings, Values } from './environment.js';
import { said, type Layer } from './layer.js';
import type { EnvironmentFile } from './schema.js';

/** The Kubernetes minor version of a local cluster, where nothing else is said. */
const defaultKubernetes = '1.36';

/** Everything under `local:`, from the defaults up. */
export function localSettings(
  layers: readonly Layer[],
  provider: LocalSettings['provider'] | undefined,
): LocalSettings {
  const sections = said(layers, 'local');
  const last = <T>(read: (section: LocalContent) => T) =>
    sections.map(read).findLast((value) => value !== undefined && value !== null);
  return {
    provider: provider ?? last(({ provider: name }) => name) ?? 'auto',
    kubernetes: last(({ kubernetes }) => kubernetes) ?? defaultKubernetes,
    workers: last(({ workers }) => workers) ?? 1,
    ports: { http: last(({ ports }) => ports?.http) ?? 80, https: last(({ ports }) => ports?.https) ?? 443 },
    registry: { port: last(({ registry }) => registry?.port) ?? 5001 },
    cni: last(({ cni }) => cni) ?? 'calico',
    mirrors: last(({ mirrors }) => mirrors) ?? [],
  };
}

/** Everything under `aws:`; `undefined` while account or region are not known. */
export function awsSettings(layers: readonly Layer[]): AwsSettings | undefined {
  const { account, region, kubernetes, database } = Object.assign({}, ...said(layers, 'aws')) as AwsContent;
  if (account === undefined || region === undefined) return undefined;
  return { account, region, ...(kubernetes !== undefined && { kubernetes }), ...(database && { database }) };
}

type LocalContent = NonNullable<EnvironmentFile['local']>;
type AwsContent = NonNullable<EnvironmentFile['aws']>;

/** Images by name, their folders absolute: each layer's are relative to its own file. */
export function imageSources(layers: readonly Layer[]): Record<string, ImageSource> {
  return Object.fromEntries(
    layers.flatMap(({ draft, folder }) =>
      Object.entries(draft.content.images ?? {}).map(([name, { context, dockerfile }]) => [
        name,
        { context: resolve(folder, context), ...(dockerfile !== undefined && { dockerfile }) },
      ]),
    ),
  );
}

/** Drills by name, merged over the layers; `null` takes one out. */
export function drillsOf(layers: readonly Layer[]): Values {
  const merged = mergeValues(said(layers, 'drills').map((values) => ({ values })));
  return Object.fromEntries(Object.entries(merged).filter(([, drill]) => drill !== null));
}
