import { existsSync } from 'node:fs';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { contextName, hasContext, kubeconfigText, mergeContext, readAccess } from '../kubernetes/kubeconfig.js';
import type { Ports } from '../ports.js';

export interface KubeconfigResult {
  readonly environment: string;
  readonly context: string;
  /** The environment's own file; its current context is the cluster. */
  readonly file: string;
  /** Its text, with certificates and keys in it. */
  readonly kubeconfig: string;
  /** The file that the context was put into, and whether that changed it. */
  readonly merged?: { readonly file: string; readonly changed: boolean };
}

/**
 * How to reach the environment's cluster with other tools; with `merge` also as a context, and the current one, of the
 * kubeconfig that people use.
 * @throws PlatformError `conflict` while there is no cluster
 */
export async function kubeconfig(
  {
    environment,
    assembly,
  }: {
    readonly environment: Pick<Environment, 'name'>;
    readonly assembly: { readonly provider: Pick<ClusterProvider, 'kubeconfig'> };
  },
  { merge }: { readonly merge: boolean },
  { paths }: Pick<Ports, 'paths'>,
): Promise<KubeconfigResult> {
  const { name } = environment;
  const file = assembly.provider.kubeconfig;
  if (!existsSync(file)) {
    throw new PlatformError('conflict', `${name} has no kubeconfig: its cluster was not made yet`, {
      suggestions: ['run `platform status` to see how it is, `platform up` to build it'],
      facts: { file },
    });
  }
  const context = contextName(name);
  const access = await readAccess(file);
  const result = { environment: name, context, file, kubeconfig: kubeconfigText(context, access) };
  if (!merge) return result;
  const changed = !(await hasContext(paths.kubeconfig, context, access));
  await mergeContext(paths.kubeconfig, context, access);
  return { ...result, merged: { file: paths.kubeconfig, changed } };
}
