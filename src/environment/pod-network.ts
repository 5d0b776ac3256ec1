import { said, type Layer } from './layer.js';
import type { LocalSettings, Release, Target } from './environment.js';
import type { Report } from './problems.js';

/** The release that is the pod network of `local.cni: calico`. */
export const podNetworkRelease = 'calico';

interface PodNetworkContext {
  readonly layers: readonly Layer[];
  readonly target: Target;
  readonly report: Report;
}

/**
 * The releases with the pod network that `local.cni` says: the release calico is installed for `calico` only, and
 * `calico` is what an environment with that release gets where nothing is said.
 */
export function withPodNetwork(
  releases: readonly Release[],
  local: LocalSettings,
  context: PodNetworkContext,
): { readonly releases: readonly Release[]; readonly local: LocalSettings } {
  const isHere = releases.some(({ name }) => name === podNetworkRelease);
  const written = said(context.layers, 'local').findLast(({ cni }) => cni !== undefined)?.cni;
  if (written === undefined) return { releases, local: { ...local, cni: isHere ? 'calico' : 'default' } };
  if (written === 'calico' && !isHere && context.target === 'local') reportMissing(context);
  if (written === 'calico') return { releases, local };
  const reason = `local.cni is ${written}`;
  return { releases: releases.map((release) => withoutIt(release, reason)), local };
}

function withoutIt(release: Release, reason: string): Release {
  const { name, catalogue } = release;
  if (name !== podNetworkRelease || !catalogue) return release;
  const never = { run: 'never' as const, reason };
  const providers = { ...catalogue.providers, kind: never, minikube: never };
  return { ...release, catalogue: { ...catalogue, providers } };
}

function reportMissing({ layers, report }: PodNetworkContext): void {
  const layer = layers.findLast(({ draft }) => draft.content.local?.cni !== undefined);
  if (!layer) return;
  report(
    layer.draft.source.problem(['local', 'cni'], 'value', {
      message: `local.cni is calico, but the environment has no release ${podNetworkRelease}`,
      value: 'calico',
      allowed: `calico together with \`${podNetworkRelease}: {}\` under releases, or default`,
    }),
  );
}
