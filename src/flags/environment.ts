import type { Interfaces } from '@oclif/core';
import { boolean, string, option } from '@oclif/core/flags';
import type { UpOptions } from '../usecases/up.js';

/** Flags of commands that load an environment. Every question the product asks has one. */
export const environmentFlags = {
  file: string({
    char: 'f',
    summary: 'the environment file; by default platform.yaml here or above',
    env: 'PLATFORM_FILE',
    helpGroup: 'ENVIRONMENT',
  }),
  blueprint: string({
    char: 'b',
    summary: 'the bundled environment to start from',
    env: 'PLATFORM_BLUEPRINT',
    helpGroup: 'ENVIRONMENT',
  }),
  name: string({ summary: "another name than the file's", env: 'PLATFORM_NAME', helpGroup: 'ENVIRONMENT' }),
  domain: string({ summary: "another domain than the file's", env: 'PLATFORM_DOMAIN', helpGroup: 'ENVIRONMENT' }),
  charts: string({
    summary: 'where public charts come from instead: a folder, or oci://registry/path',
    env: 'PLATFORM_CHARTS',
    helpGroup: 'ENVIRONMENT',
  }),
  with: string({
    summary: "optional parts beside the file's, such as logging,tracing",
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    env: 'PLATFORM_WITH',
    helpGroup: 'ENVIRONMENT',
  }),
  set: string({
    summary: 'a value of a release: release.path.to.key=value',
    multiple: true,
    env: 'PLATFORM_SET',
    helpGroup: 'ENVIRONMENT',
  }),
};

/** Where the environment is built. */
export const targetFlags = {
  local: boolean({
    summary: 'build on this machine',
    exclusive: ['aws'],
    env: 'PLATFORM_LOCAL',
    helpGroup: 'TARGET',
  }),
  aws: boolean({
    summary: 'build on AWS',
    exclusive: ['local'],
    env: 'PLATFORM_AWS',
    helpGroup: 'TARGET',
  }),
  provider: option({
    summary: 'what makes the local cluster',
    options: ['auto', 'kind', 'minikube', 'embedded'] as const,
    env: 'PLATFORM_PROVIDER',
    helpGroup: 'TARGET',
  })(),
};

/** Which releases take part. */
export const selectionFlags = {
  only: string({
    summary: 'only these releases and what they need',
    multiple: true,
    delimiter: ',',
    env: 'PLATFORM_ONLY',
  }),
  skip: string({ summary: 'not these releases', multiple: true, delimiter: ',', env: 'PLATFORM_SKIP' }),
  prune: boolean({
    summary: 'uninstall releases that the environment file no longer has',
    env: 'PLATFORM_PRUNE',
  }),
  repair: boolean({
    summary: 'take back what others changed in releases since they were installed',
    env: 'PLATFORM_REPAIR',
  }),
  recreate: boolean({
    summary: 'make a new cluster where the present one cannot change in place; loses everything in it',
    env: 'PLATFORM_RECREATE',
  }),
};

/** What {@link selectionFlags} say. */
export function upOptions(flags: Interfaces.InferredFlags<typeof selectionFlags>): UpOptions {
  const { only = [], skip = [], prune, repair, recreate } = flags;
  return { only, skip, prune, repair, recreate };
}

/** The environment by its name alone, for commands that need no file. */
export const environmentFlag = string({
  char: 'e',
  summary: 'name of the environment; by default that of platform.yaml, or the only one there is',
  env: 'PLATFORM_ENVIRONMENT',
});
