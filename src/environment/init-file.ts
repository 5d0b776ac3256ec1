import { basename } from 'node:path';
import type { Target } from './environment.js';

interface InitFileOptions {
  /** A DNS label of at most 20 characters. */
  readonly name: string;
  readonly blueprint: string;
  /** Writes out what this target cannot do without; the rest stays in comments. */
  readonly target?: Target | undefined;
}

/** What the JSON Schema beside an environment file is called. */
export const schemaFileName = 'platform.schema.json';

/** The small commented environment file that `platform init` writes; loads as it is, on the local target at least. */
export function environmentFile({ name, blueprint, target }: InitFileOptions): string {
  return `# yaml-language-server: $schema=./${schemaFileName}
apiVersion: platform/v1alpha1
kind: Environment
name: ${name}

# A bundled environment to start from; whatever is written below wins over it.
blueprint: ${blueprint}

# Everything is served below this domain.
domain: ${name}.localhost

local:
  provider: auto # kind, minikube or embedded
  # kubernetes: "1.36"
  # workers: 1
${awsSection(target)}
# What differs from the blueprint. Maps are merged, lists are replaced, null deletes; for example:
#
# releases:
#   auth:
#     values: { replicas: 2 }
#     aws: { values: { replicas: 3 } } # on AWS only
#   portal:
#     chart: ./charts/portal # or service, oci://registry/chart:version, {repository, name, version}
#     namespace: apps
#     needs: [auth:ready]
#   metrics-server: { enabled: false }
`;
}

/** A valid environment name made of a folder's name, or `environment` where nothing is left of it. */
export function nameFromFolder(folder: string): string {
  const label = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 20)
    .replace(/-+$/, '');
  return label || 'environment';
}

function awsSection(target: Target | undefined): string {
  if (target !== 'aws') {
    return `
# aws:
#   account: "123456789012" # in quotes; compared with the caller before anything happens
#   region: eu-north-1
`;
  }
  return `
aws:
  # Fill in your own: compared with the caller before anything happens.
  account: "000000000000"
  region: eu-north-1
`;
}
