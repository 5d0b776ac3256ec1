import { resolve } from 'node:path';
import type { AwsSettings, ImageSource, LocalSettings, PortSetting } from './environment.js';
import { said, type Layer } from './layer.js';
import type { EnvironmentFile } from './schema.js';

/** A local cluster where nothing else is said. */
export const defaultLocalSettings: LocalSettings = {
  provider: 'auto',
  kubernetes: '1.36',
  workers: 1,
  ports: { http: { number: 80, isFixed: false }, https: { number: 443, isFixed: false } },
  // Not 5000, which macOS itself takes.
  registry: { port: { number: 5001, isFixed: false }, caches: [] },
  cni: 'calico',
  // Not 192.168.0.0/16, Calico's own default: home networks and minikube's are in it.
  subnets: { pods: '10.244.0.0/16', services: '10.96.0.0/16' },
  mirrors: {},
  authorities: [],
  size: {},
};

/** Everything under `local:`, from the defaults up. */
export function localSettings(
  layers: readonly Layer[],
  flags: { readonly provider?: LocalSettings['provider'] | undefined; readonly charts?: string | undefined },
): LocalSettings {
  const sections = layers.flatMap(({ draft, folder }) =>
    draft.content.local ? [{ ...draft.content.local, folder }] : [],
  );
  const last = <T>(read: (section: LocalSection) => T) =>
    sections.map(read).findLast((value) => value !== undefined && value !== null);
  const port = (read: (section: LocalSection) => number | undefined, other: PortSetting) => {
    const number = last(read);
    return number === undefined ? other : { number, isFixed: true };
  };
  const file = (read: (section: LocalSection) => string | undefined) =>
    last((section) => {
      const name = read(section);
      return name === undefined ? undefined : fileIn(section.folder, name);
    });
  const size = Object.assign({}, ...sections.map((section) => section.size ?? {})) as LocalSettings['size'];
  const [charts, nodeImage, kindConfig] = [
    flags.charts ?? file((section) => section.charts),
    last((section) => section.nodeImage),
    file((section) => section.kindConfig),
  ];
  return {
    provider: flags.provider ?? last(({ provider: name }) => name) ?? 'auto',
    kubernetes: last(({ kubernetes }) => kubernetes) ?? defaultLocalSettings.kubernetes,
    workers: last(({ workers }) => workers) ?? defaultLocalSettings.workers,
    ports: {
      http: port(({ ports }) => ports?.http, defaultLocalSettings.ports.http),
      https: port(({ ports }) => ports?.https, defaultLocalSettings.ports.https),
    },
    registry: {
      port: port(({ registry }) => registry?.port, defaultLocalSettings.registry.port),
      caches: last(({ registry }) => registry?.caches) ?? [],
    },
    cni: last(({ folder, cni }) => (cni !== undefined && isManifest(cni) ? fileIn(folder, cni) : cni)) ?? 'calico',
    subnets: {
      pods: last(({ subnets }) => subnets?.pods) ?? defaultLocalSettings.subnets.pods,
      services: last(({ subnets }) => subnets?.services) ?? defaultLocalSettings.subnets.services,
    },
    mirrors: Object.assign({}, ...sections.map(({ mirrors }) => mirrors ?? {})) as Record<string, string>,
    ...(charts !== undefined && { charts }),
    ...(nodeImage !== undefined && { nodeImage }),
    ...(kindConfig !== undefined && { kindConfig }),
    authorities: sections.flatMap(({ folder, authorities }) => (authorities ?? []).map((one) => resolve(folder, one))),
    size,
  };
}

/** Whether `local.cni` names a manifest: a path or a URL. */
export function isManifest(cni: string): boolean {
  return !['calico', 'default', 'none'].includes(cni);
}

/** A file named in a folder, absolute; URLs stay as they are. */
export function fileIn(folder: string, file: string): string {
  return /^[a-z]+:\/\//.test(file) ? file : resolve(folder, file);
}

/** Everything under `aws:`; `undefined` while account or region are not known. */
export function awsSettings(layers: readonly Layer[]): AwsSettings | undefined {
  const { account, region, kubernetes, database } = Object.assign({}, ...said(layers, 'aws')) as AwsContent;
  if (account === undefined || region === undefined) return undefined;
  return { account, region, ...(kubernetes !== undefined && { kubernetes }), ...(database && { database }) };
}

type LocalSection = NonNullable<EnvironmentFile['local']> & { readonly folder: string };
type AwsContent = NonNullable<EnvironmentFile['aws']>;

/** Images by name, their folders absolute: each layer's are relative to its own file. */
export function imageSources(layers: readonly Layer[]): Record<string, ImageSource> {
  return Object.fromEntries(
    layers.flatMap(({ draft, folder }) =>
      Object.entries(draft.content.images ?? {}).map(([name, { context, dockerfile, target, args, platforms }]) => [
        name,
        {
          context: resolve(folder, context),
          ...(dockerfile !== undefined && { dockerfile }),
          ...(target !== undefined && { target }),
          args: args ?? {},
          platforms: platforms ?? [],
        },
      ]),
    ),
  );
}
