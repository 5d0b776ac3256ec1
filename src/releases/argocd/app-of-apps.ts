import type { Release } from '../../environment/environment.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Edge } from '../contents/contents.js';
import { appliedDefinitions } from '../definitions/definitions.js';
import { namespaceLabels } from '../../namespaces/labels.js';
import { isOwnNamespace } from '../../namespaces/namespace-steps.js';
import { application, argocdNamespace, type Application, type GitSource } from './application.js';
import { folderSource, releaseSources } from './sources.js';
import type { UnstableFields } from './unstable-fields.js';
import { wavesOf } from './waves.js';

/** Folder of the Applications, which the root watches. */
const applicationsFolder = 'argocd';

export interface AppOfAppsOptions {
  readonly environment: string;
  /** With their contents; all of them are exported. */
  readonly releases: readonly Release[];
  readonly edges: readonly Edge[];
  readonly git: GitSource;
  /** Folder of a copied chart within the export, by the name of the release. */
  readonly chartFolders: ReadonlyMap<string, string>;
  /** By the name of the release. */
  readonly unstable: ReadonlyMap<string, readonly UnstableFields[]>;
}

/** An Application and the file that it is written to. */
export interface ExportedApplication {
  readonly name: string;
  readonly file: string;
  readonly release: string;
  /** A release, or the definitions it brings. */
  readonly brings: 'release' | 'definitions';
  readonly wave: number;
  readonly application: Application;
}

export interface AppOfApps {
  readonly root: { readonly name: string; readonly application: Application };
  /** By wave, then by name. */
  readonly applications: readonly ExportedApplication[];
}

/**
 * A root Application and one for each release. Definitions that `up` applies before any release come in Applications
 * of their own here, too, all in wave 0, and out of files: the chart cannot bring them earlier than itself, yet others
 * wait for them alone, and in a circle if they had to wait for the whole release. Definitions that Helm owns come with
 * their chart.
 */
export function appOfApps(options: AppOfAppsOptions): AppOfApps {
  const { environment, releases, edges, git } = options;
  const waves = wavesOf(releases, edges);
  const names = releases.map(({ name }) => name);
  const applications = releases.flatMap((release): ExportedApplication[] => [
    ...definitionsApplication(release, waves.definitions.get(release.name), names, options),
    releaseApplication(release, waves.releases.get(release.name) ?? 0, options),
  ]);
  const root = freeName(environment, [...names, ...applications.map(({ name }) => name)], 'apps');
  return {
    root: {
      name: root,
      application: application({
        name: root,
        environment,
        namespace: argocdNamespace,
        sources: [folderSource(git, applicationsFolder)],
        bringsDefinitions: false,
      }),
    },
    applications: applications.sort((a, b) => a.wave - b.wave || (a.name < b.name ? -1 : 1)),
  };
}

/** File of a release's values within the export. */
export function valuesFile({ name }: Pick<Release, 'name'>): string {
  return `values/${name}.yaml`;
}

/** File of a definition within the export. */
export function definitionFile({ name }: Pick<Release, 'name'>, { metadata }: KubernetesObject): string {
  return `${definitionsFolder(name)}/${metadata.name}.yaml`;
}

function releaseApplication(release: Release, wave: number, options: AppOfAppsOptions): ExportedApplication {
  const { environment, releases, git, chartFolders, unstable } = options;
  const { name, namespace, contents } = release;
  const labels = isOwnNamespace(namespace) ? namespaceLabels(namespace, environment, releases) : undefined;
  return {
    ...{ name, wave, release: name, brings: 'release', file: `${applicationsFolder}/${name}.yaml` },
    application: application({
      ...{ name, environment, wave, namespace },
      sources: releaseSources(release, {
        git,
        chartFolder: chartFolders.get(name),
        valuesFile: valuesFile(release),
        skipCrds: appliedDefinitions(release).length > 0,
      }),
      unstable: unstable.get(name) ?? [],
      bringsDefinitions: contents?.definitions.some(({ by }) => by === 'helm') ?? false,
      ...(labels && { namespaceLabels: labels }),
    }),
  };
}

function definitionsApplication(
  release: Release,
  wave: number | undefined,
  taken: readonly string[],
  { environment, git }: AppOfAppsOptions,
): ExportedApplication[] {
  if (wave === undefined) return [];
  const { namespace } = release;
  const name = freeName(`${release.name}-crds`, taken, 'definitions');
  return [
    {
      ...{ name, wave, release: release.name, brings: 'definitions', file: `${applicationsFolder}/${name}.yaml` },
      application: application({
        ...{ name, environment, wave, namespace },
        sources: [folderSource(git, definitionsFolder(release.name))],
        bringsDefinitions: true,
      }),
    },
  ];
}

function definitionsFolder(release: string): string {
  return `definitions/${release}`;
}

function freeName(wanted: string, taken: readonly string[], suffix: string): string {
  return taken.includes(wanted) ? freeName(`${wanted}-${suffix}`, taken, suffix) : wanted;
}
