import { resolve } from 'node:path';
import { exceptionOf } from '../clusters/cluster.js';
import type { Environment, ProviderName, Release } from '../environment/environment.js';
import type { KubernetesObject } from '../kubernetes/objects.js';
import { boundsOf } from '../namespaces/bounds.js';
import type { StepContext } from '../plan/step.js';
import { appOfApps, definitionFile, valuesFile, type ExportedApplication } from '../releases/argocd/app-of-apps.js';
import { applicationHealth } from '../releases/argocd/application-health.js';
import { copiedCharts } from '../releases/argocd/copied-charts.js';
import { openExportFolder, writeExport, type WrittenFiles } from '../releases/argocd/export-folder.js';
import { exportedDefinition, exportedYaml } from '../releases/argocd/exported-yaml.js';
import { gitSource } from '../releases/argocd/git-source.js';
import { refusePlainSecrets } from '../releases/argocd/plain-secrets.js';
import { unstableFields, type UnstableFields } from '../releases/argocd/unstable-fields.js';
import type { Chart, Charts } from '../releases/charts/charts.js';
import { edgesOf } from '../releases/graph/edges.js';
import type { Renderings } from '../releases/contents/rendering.js';
import { mergeValues } from '../releases/values/values.js';
import { wantedSecrets } from '../secrets/secret-steps.js';

/** The Application that is created by hand, and the configuration it stands on. */
const rootFile = 'apps.yaml';
const healthFile = 'argocd-cm.yaml';

export interface ExportArgoCdOptions {
  /** Folder to write into. */
  readonly out: string;
  readonly repoUrl: string;
  readonly revision: string;
  readonly path?: string | undefined;
  /** Write into a folder that holds something else. */
  readonly force: boolean;
  /** Values that look secret and are not, as `release.path.to.key`. */
  readonly plain: readonly string[];
}

/** What charts render to is asked here; stand-ins have no place in an export. */
export interface ExportParts {
  readonly charts: Pick<Charts, 'fetch'>;
  readonly renderings: Pick<Renderings, 'contents' | 'definitions'>;
  /** Renders a chart anew; YAML documents. */
  readonly render: (release: Release, chart: Chart, signal: AbortSignal) => Promise<string>;
}

export interface ExportArgoCdResult extends WrittenFiles {
  readonly environment: string;
  readonly folder: string;
  /** Folder within the git repository; empty for its root. */
  readonly path: string;
  readonly root: { readonly name: string; readonly file: string };
  /** What Argo CD has to be told before waves mean anything to it. */
  readonly health: string;
  /** By wave. */
  readonly applications: readonly Omit<ExportedApplication, 'application'>[];
  readonly omitted: readonly { readonly release: string; readonly reason: string }[];
  /** Releases of which Argo CD keeps what it once rendered: passwords, certificates. */
  readonly unstable: readonly string[];
  /** Secrets that have to be there before: what is in them never leaves the cluster. */
  readonly secrets: readonly { readonly name: string; readonly namespace: string; readonly keys: readonly string[] }[];
  /** Namespaces with a quota, defaults or isolation, which Argo CD does not give them. */
  readonly boundNamespaces: readonly string[];
  /** Releases that run an image which is built from source: Argo CD builds none. */
  readonly builtImages: readonly string[];
}

/**
 * Writes an environment as an app-of-apps for Argo CD, its waves computed from the graph that `up` goes by. The same
 * environment gives the same bytes; a second export changes only what changed.
 * @throws PlatformError `usage` for secrets among the values and for a wrong repository, `conflict` for a folder that
 * holds something else, `prerequisite` when a chart cannot be had
 */
export async function exportArgoCd(
  environment: Environment,
  options: ExportArgoCdOptions,
  parts: ExportParts,
  context: StepContext,
): Promise<ExportArgoCdResult> {
  const out = resolve(options.out);
  const git = await gitSource({ ...options, out });
  const folder = await openExportFolder(out, environment.name, options.force);
  const omitted = omittedReleases(environment);
  const wanted = environment.releases.filter(({ name }) => omitted.every(({ release }) => release !== name));
  refusePlainSecrets(wanted, options.plain);

  const rendered = await renderedReleases(wanted, parts, context);
  const releases = rendered.map(({ release }) => release);
  const edges = edgesOf({ releases, served: new Set() });
  const copied = await copiedCharts(releases, out);
  const apps = appOfApps({
    ...{ environment: environment.name, releases, edges, git, chartFolders: copied.folders },
    unstable: new Map(rendered.map(({ release, unstable }) => [release.name, unstable])),
  });
  const files = new Map<string, string | Uint8Array>([
    [rootFile, exportedYaml(apps.root.application)],
    [healthFile, exportedYaml(applicationHealth())],
    ...apps.applications.map(({ file, application }) => [file, exportedYaml(application)] as const),
    ...releases.map((release) => [valuesFile(release), exportedYaml(mergeValues(release.values))] as const),
    ...rendered.flatMap(({ release, definitions }) =>
      definitions.map((definition) => {
        return [definitionFile(release, definition), exportedYaml(exportedDefinition(definition))] as const;
      }),
    ),
    ...copied.files,
  ]);
  return {
    environment: environment.name,
    folder: out,
    path: git.path,
    root: { name: apps.root.name, file: rootFile },
    health: healthFile,
    applications: apps.applications.map(({ name, file, release, brings, wave }) => ({
      name,
      file,
      release,
      brings,
      wave,
    })),
    omitted,
    unstable: rendered.flatMap(({ release, unstable }) => (unstable.length > 0 ? [release.name] : [])),
    secrets: wantedSecrets(environment).map(([name, { namespace, keys }]) => {
      return { name, namespace, keys: Object.keys(keys) };
    }),
    boundNamespaces: Object.entries(environment.namespaces).flatMap(([name, settings]) =>
      boundsOf(name, environment.name, settings).length > 0 ? [name] : [],
    ),
    builtImages: releases.flatMap(({ name, image }) => (image === undefined ? [] : [name])),
    ...(await writeExport(folder, files)),
  };
}

// Argo CD runs in a real cluster: what only a simulation leaves out belongs into it.
function omittedReleases({ target, local, releases }: Environment): { release: string; reason: string }[] {
  const provider: ProviderName = target === 'aws' ? 'eks' : local.provider === 'minikube' ? 'minikube' : 'kind';
  return releases.flatMap(({ name, catalogue }) => {
    const exception = exceptionOf(catalogue, provider);
    return exception ? [{ release: name, reason: exception.reason }] : [];
  });
}

interface Rendered {
  readonly release: Release;
  readonly definitions: readonly KubernetesObject[];
  readonly unstable: readonly UnstableFields[];
}

async function renderedReleases(
  releases: readonly Release[],
  { charts, renderings, render }: ExportParts,
  context: StepContext,
): Promise<Rendered[]> {
  const fetched = await Promise.all(
    releases.map(async (release): Promise<[Release, Chart]> => {
      const progress: StepContext['progress'] = ({ message }) => {
        context.progress({ message: `${release.name}: ${message}` });
      };
      return [release, await charts.fetch(release, { ...context, progress })];
    }),
  );
  const rendered: Rendered[] = [];
  // One after the other: each is a run of Helm, and they share a machine.
  for (const [release, chart] of fetched) {
    const contents = await renderings.contents(release, chart, context);
    const definitions = await renderings.definitions(release, chart, context);
    const unstable = unstableFields(
      await render(release, chart, context.signal),
      await render(release, chart, context.signal),
    );
    rendered.push({ release: { ...release, contents }, definitions, unstable });
  }
  return rendered;
}
