import { posix } from 'node:path';
import type { Release } from '../../environment/environment.js';
import { redactText } from '../../environment/redact.js';
import { PlatformError } from '../../errors.js';
import type { GitSource, Source } from './application.js';

/** What the second source of a release is called, so that the first can refer to its files. */
const values = 'values';

export interface ReleaseSourceOptions {
  readonly git: GitSource;
  /** Folder of the chart within the export, for charts that are copied into it. */
  readonly chartFolder: string | undefined;
  /** File of the values within the export. */
  readonly valuesFile: string;
  /** The definitions of its crds/ come in an Application of their own. */
  readonly skipCrds: boolean;
}

/**
 * The chart of a release and, as a second source, the repository that its values are in.
 * @throws PlatformError `usage` for a chart repository whose URL holds a password
 */
export function releaseSources(release: Release, options: ReleaseSourceOptions): readonly Source[] {
  const { git, valuesFile, skipCrds } = options;
  const helm = {
    // Argo CD would name it after the Application.
    releaseName: release.name,
    valueFiles: [`$${values}/${inRepository(git, valuesFile)}`],
    ...(skipCrds && { skipCrds }),
  };
  return [
    { ...chartSource(release, options), helm },
    { repoURL: git.repoURL, targetRevision: git.revision, ref: values },
  ];
}

/** A folder of the export as a source of plain manifests. */
export function folderSource(git: GitSource, folder: string): Source {
  return { repoURL: git.repoURL, targetRevision: git.revision, path: inRepository(git, folder) };
}

function chartSource({ name, chart }: Release, { git, chartFolder }: ReleaseSourceOptions): Source {
  if (chart.from === 'repository') {
    refuseCredentials(name, chart.repository);
    return { repoURL: chart.repository, chart: chart.name, targetRevision: chart.version };
  }
  if (chart.from === 'oci') {
    refuseCredentials(name, chart.reference);
    const [, registry = '', last = ''] = /^oci:\/\/(.+)\/([^/]+)$/.exec(chart.reference) ?? [];
    // A Helm source in a registry is told by the missing scheme; with oci:// it would be an image of manifests.
    return { repoURL: registry, chart: last, targetRevision: chart.version };
  }
  if (chartFolder === undefined) throw new PlatformError('unexpected', `the chart of ${name} was not copied`);
  return folderSource(git, chartFolder);
}

function inRepository({ path }: GitSource, file: string): string {
  return posix.join(path, file);
}

function refuseCredentials(release: string, url: string): void {
  if (redactText(url) === url) return;
  throw new PlatformError('usage', `the chart repository of ${release} holds a password: ${redactText(url)}`, {
    suggestions: ['register the repository in Argo CD with its credentials, and give its URL without them here'],
  });
}
